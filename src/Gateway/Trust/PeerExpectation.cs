using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Trust;

/// <summary>Everything one endpoint's certificate is held to, beyond the trust set.</summary>
internal sealed record PeerExpectation
{
    public required PeerIdentity Identity { get; init; }

    public ImmutableArray<string> PublicKeyPins { get; init; } = [];

    public int? MaxIntermediates { get; init; }
}
