using Portcullis.Contract;

namespace Portcullis.Gateway.Proxy.Certificates;

/// <summary>The certificate a backend's configuration names, and what is held of it.</summary>
/// <param name="Name">Of the Secret.</param>
/// <param name="Held">Null when nothing usable was delivered: then nothing is connected.</param>
internal sealed record ClientCertificate(ResourceKey Name, KeyedCertificate? Held)
{
    /// <summary>Names only (P9).</summary>
    public override string ToString() => Name.ToString();
}
