using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Certificates;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>What every connection of one backend is held to, beyond its endpoint's identity. Replaced whole.</summary>
internal sealed record BackendSecurity
{
    // Thousands of backends share a set, and all of them ask when it changes.
    private static readonly ConditionalWeakTable<TrustSet, HashSet<Digest>> Known = [];

    public required TrustSet Trust { get; init; }

    public ImmutableArray<string> PublicKeyPins { get; init; } = [];

    public int? MaxIntermediates { get; init; }

    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>Shown to the backend; null when it is to see none.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>What becomes of connections that would be refused from now on.</summary>
    public required DrainRule Drain { get; init; }

    public static BackendSecurity Of(BackendTls tls, TrustSet trust, ClientCertificate? certificate, DrainRule drain) => new()
    {
        Trust = trust,
        PublicKeyPins = tls.PublicKeyPins,
        MaxIntermediates = tls.MaxIntermediates,
        MinimumVersion = tls.MinimumVersion,
        ClientCertificate = certificate,
        Drain = drain,
    };

    public PeerExpectation Expect(PeerIdentity identity) => new()
    {
        Identity = identity,
        PublicKeyPins = PublicKeyPins,
        MaxIntermediates = MaxIntermediates,
    };

    public bool HoldsToTheSameAs(BackendSecurity other) =>
        ReferenceEquals(Trust, other.Trust)
        && PublicKeyPins.SequenceEqual(other.PublicKeyPins)
        && MaxIntermediates == other.MaxIntermediates
        && MinimumVersion == other.MinimumVersion
        && ReferenceEquals(ClientCertificate, other.ClientCertificate);

    /// <summary>Whether something that <paramref name="before"/> accepted could be refused by this, or was shown another certificate than it is to see.</summary>
    public bool IsNarrowerThan(BackendSecurity before) =>
        MinimumVersion > before.MinimumVersion
        || !ReferenceEquals(ClientCertificate, before.ClientCertificate)
        || (MaxIntermediates ?? int.MaxValue) < (before.MaxIntermediates ?? int.MaxValue)
        || PinsExclude(before.PublicKeyPins)
        || !Certificates(Trust).IsSupersetOf(Certificates(before.Trust));

    private bool PinsExclude(ImmutableArray<string> before) =>
        !PublicKeyPins.IsEmpty && (before.IsEmpty || before.Except(PublicKeyPins, StringComparer.Ordinal).Any());

    private static HashSet<Digest> Certificates(TrustSet trust) => Known.GetValue(trust, Fingerprints);

    // Intermediates count too: a chain may have been complete only through one of the bundle's.
    private static HashSet<Digest> Fingerprints(TrustSet trust) =>
        [.. trust.Anchors.Concat(trust.Intermediates).Select(certificate => Digest.Of(certificate.RawDataMemory.Span))];
}
