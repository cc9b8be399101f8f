using System.Collections.Immutable;

namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>A token that a ServiceAccount is to get.</summary>
internal sealed record TokenPlea(string Namespace, string ServiceAccount, ImmutableArray<string> Audiences, TimeSpan Lifetime)
{
    /// <summary>Empty when it is bound to no pod.</summary>
    public string Pod { get; init; } = "";
}
