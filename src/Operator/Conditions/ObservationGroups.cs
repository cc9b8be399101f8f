using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Bundles;

namespace Portcullis.Operator.Conditions;

/// <summary>What was seen at a backend's endpoints, one row for each different certificate or failure.</summary>
internal static class ObservationGroups
{
    private const int Most = 4;
    private const int LongestChain = 6;
    private const string Verified = "Verified";

    /// <summary>Refusals first: they are what somebody looks for.</summary>
    public static ImmutableArray<Observation> Of(IEnumerable<BackendObservation> observations) =>
    [
        .. observations
            .GroupBy(Likeness)
            .Select(group => Row([.. group.OrderBy(observation => observation.Endpoint, StringComparer.Ordinal)]))
            .OrderBy(row => row.Verified)
            .ThenBy(row => row.Reason, StringComparer.Ordinal)
            .ThenBy(row => row.SampleEndpoint, StringComparer.Ordinal)
            .Take(Most),
    ];

    private static (string Reason, Digest? Leaf) Likeness(BackendObservation observation) =>
        (ReasonOf(observation.Verdict), Leaf(observation.Verdict.Evidence));

    private static Observation Row(ImmutableArray<BackendObservation> alike)
    {
        var sample = alike[0];
        var evidence = sample.Verdict.Evidence;
        var refused = sample.Verdict as Verdict.Refused;

        return new Observation
        {
            EndpointCount = alike.Select(observation => observation.Endpoint).Distinct(StringComparer.Ordinal).Count(),
            SampleEndpoint = sample.Endpoint,
            Verified = refused is null,
            Reason = ReasonOf(sample.Verdict),
            Message = refused is null ? $"verified up to {((Verdict.Trusted)sample.Verdict).Anchor.Subject}" : VerdictText.Message(refused),
            Remedy = refused is null ? null : VerdictText.Remedy(refused),
            ServerNameSent = evidence.ServerNameSent,
            IdentityChecked = evidence.NamesChecked.IsEmpty ? null : string.Join(", ", evidence.NamesChecked),
            TlsVersion = evidence.TlsVersion,
            Chain = Chain(evidence, refused is null),
        };
    }

    private static ImmutableArray<ChainCertificate> Chain(Evidence evidence, bool endsInAnchor)
    {
        var chain = evidence.Chain.IsEmpty ? evidence.Presented : evidence.Chain;

        var anchored = endsInAnchor && !evidence.Chain.IsEmpty;

        return [.. chain.Take(LongestChain).Select((certificate, index) => Certificate(certificate, RoleOf(index, chain.Length, anchored)))];
    }

    // A self-signed certificate in the bundle is leaf and anchor in one; it is what was presented, so Leaf it is.
    private static string RoleOf(int index, int length, bool endsInAnchor)
    {
        if (index == 0)
        {
            return "Leaf";
        }

        return endsInAnchor && index == length - 1 ? BundleStatusText.Anchor : BundleStatusText.Intermediate;
    }

    private static ChainCertificate Certificate(CertificateFacts facts, string role) => new()
    {
        Role = role,
        Subject = facts.Subject,
        Issuer = facts.Issuer,
        SerialNumber = facts.SerialNumber,
        NotBefore = facts.NotBefore,
        NotAfter = facts.NotAfter,
        Sha256 = facts.Sha256.ToString(),
        PublicKeyPin = facts.PublicKeyPin,
        SubjectAltNames = [.. facts.SubjectAltNames.Select(name => name.ToString())],
    };

    private static string ReasonOf(Verdict verdict) => verdict is Verdict.Refused refused ? refused.Reason.ToString() : Verified;

    private static Digest? Leaf(Evidence evidence) => evidence.Presented is [{ } leaf, ..] ? leaf.Sha256 : null;
}
