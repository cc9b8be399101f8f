using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// The certificates in force for one backend: of each of its bundles those that are mounted and listed in the pushed configuration (P2).
/// Immutable; its certificates are never disposed, since a chain build may still be running over them.
/// </summary>
internal sealed class TrustSet
{
    public static TrustSet Empty { get; } = new();

    /// <summary>Self-issued certificates that may end a chain.</summary>
    public ImmutableArray<X509Certificate2> Anchors { get; private init; } = [];

    /// <summary>Other CA certificates of the bundles: they help to build, they never anchor, so they need no listing.</summary>
    public ImmutableArray<X509Certificate2> Intermediates { get; private init; } = [];

    /// <summary>Mounted certificates that could anchor but are not in the pushed list: not trusted, kept to explain refusals.</summary>
    public ImmutableArray<X509Certificate2> Unlisted { get; private init; } = [];

    /// <summary>Mounted certificates that can neither anchor nor issue: not trusted, kept to explain refusals.</summary>
    public ImmutableArray<X509Certificate2> NotAnchors { get; private init; } = [];

    /// <summary>The bundles this was made of, for evidence.</summary>
    public ImmutableArray<ResourceKey> Bundles { get; private init; } = [];

    public bool IsEmpty => Anchors.IsEmpty;

    /// <summary>Mounted certificates of each bundle with the anchors its pushed list allows.</summary>
    public static TrustSet Of(IEnumerable<(ResourceKey Bundle, ImmutableArray<X509Certificate2> Mounted, ImmutableHashSet<Digest> Allowed)> bundles)
    {
        var keys = ImmutableArray.CreateBuilder<ResourceKey>();
        var anchors = new List<X509Certificate2>();
        var intermediates = new List<X509Certificate2>();
        var unlisted = new List<X509Certificate2>();
        var notAnchors = new List<X509Certificate2>();

        foreach (var (bundle, mounted, allowed) in bundles)
        {
            keys.Add(bundle);
            foreach (var certificate in mounted)
            {
                // A list allows only what is mounted in its own bundle: another bundle's mount must not complete it.
                var place = RoleOf(certificate) switch
                {
                    CertificateRole.Intermediate => intermediates,
                    CertificateRole.NotAnAnchor => notAnchors,
                    _ when allowed.Contains(Digest.Of(certificate.RawData)) => anchors,
                    _ => unlisted,
                };

                place.Add(certificate);
            }
        }

        var inForce = Distinct(anchors);
        return new TrustSet
        {
            Bundles = keys.ToImmutable(),
            Anchors = inForce,
            Intermediates = Distinct(intermediates),
            Unlisted = [.. Distinct(unlisted).Where(certificate => !certificate.IsAmong(inForce))],
            NotAnchors = Distinct(notAnchors),
        };
    }

    /// <summary>Everything as given, for somebody who hands the roots in himself.</summary>
    /// <param name="bundle">Null when they come from no bundle.</param>
    public static TrustSet OfAll(ResourceKey? bundle, ImmutableArray<X509Certificate2> certificates)
    {
        var all = Of([(bundle.GetValueOrDefault(), certificates, [.. certificates.Select(certificate => Digest.Of(certificate.RawData))])]);
        return bundle is null ? all.Unnamed() : all;
    }

    public static CertificateRole RoleOf(X509Certificate2 certificate)
    {
        // A CA's new certificate signed with its old key is self-issued too, but a chain cannot end there.
        var isSelfSigned = certificate.IsSelfIssued() && certificate.MayBeSignedBy(certificate);
        if (isSelfSigned)
        {
            return CertificateRole.Anchor;
        }

        return certificate.IsAuthority() ? CertificateRole.Intermediate : CertificateRole.NotAnAnchor;
    }

    private static ImmutableArray<X509Certificate2> Distinct(List<X509Certificate2> certificates) =>
        [.. certificates.DistinctBy(certificate => Digest.Of(certificate.RawData))];

    private TrustSet Unnamed() => new()
    {
        Anchors = Anchors,
        Intermediates = Intermediates,
        Unlisted = Unlisted,
        NotAnchors = NotAnchors,
    };
}
