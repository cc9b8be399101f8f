using Portcullis.Contract;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>Names one backend of one route.</summary>
internal readonly record struct BackendKey(ResourceKey Route, string Name)
{
    public override string ToString() => $"{Route}/{Name}";
}
