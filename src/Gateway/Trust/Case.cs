using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>What one verdict is about. Both ways into the judge, and the chain alone, end in <see cref="Decide"/>.</summary>
internal sealed class Case
{
    /// <summary>The leaf included: TLS itself has no limit but bytes.</summary>
    private const int MostPeerCertificates = 10;

    public required X509Certificate2 Leaf { get; init; }

    /// <summary>Everything the peer sent, leaf first.</summary>
    public required ImmutableArray<X509Certificate2> Peer { get; init; }

    public required TrustSet Trust { get; init; }

    /// <summary>Where this was seen; the rest of the evidence is filled in here.</summary>
    public required Evidence Connection { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The chain SslStream built; null to build it here.</summary>
    public CandidateChain? Given { get; init; }

    /// <summary>SslStream found another name than the one it dialed.</summary>
    public bool NameMismatched { get; init; }

    /// <param name="expectation">Null when only the chain is asked about.</param>
    public Verdict Decide(PeerExpectation? expectation)
    {
        try
        {
            return Examine(expectation);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // X509Chain, MatchesHostname and the readers throw on input the peer chooses: what cannot be understood is not trusted.
            return Refuse(new Refusal(VerdictReason.MalformedCertificate, PhraseOf(failure)), expectation, chain: []);
        }
    }

    private Verdict Examine(PeerExpectation? expectation)
    {
        if (Peer.Length > MostPeerCertificates)
        {
            return Refuse(new Refusal(VerdictReason.TooManyCertificates, $"{Peer.Length} certificates were sent and {MostPeerCertificates} are allowed"), expectation, []);
        }

        if (Trust.IsEmpty)
        {
            return Refuse(Diagnosis.OfEmptyTrust(Trust), expectation, []);
        }

        var inLeaf = SubjectAltNames.Of(Leaf);
        var matched = expectation is null ? [] : IdentityRules.Matched(Leaf, expectation.Identity, inLeaf);
        var given = Given ?? CandidateChains.Build(Leaf, Peer, Trust, At);
        var refusal = Objection(given, matched, inLeaf, expectation);
        if (refusal is null)
        {
            return Concluded(given.Path, matched, inLeaf, expectation);
        }

        foreach (var alternative in CandidateChains.Alternatives(Leaf, Peer, Trust, At))
        {
            if (Objection(alternative, matched, inLeaf, expectation) is null)
            {
                return Concluded(alternative.Path, matched, inLeaf, expectation);
            }
        }

        return Refuse(Diagnosis.Sharpen(refusal, this, matched, expectation), expectation, given.Path);
    }

    /// <summary>What speaks against a chain, whatever the leaf is called.</summary>
    private Refusal? Objection(
        CandidateChain chain, ImmutableArray<SubjectName> matched, ImmutableArray<SubjectName> inLeaf, PeerExpectation? expectation)
    {
        if (!chain.IsComplete || chain.Path.IsEmpty || !chain.Path[0].SameAs(Leaf))
        {
            return Diagnosis.Of(this, chain);
        }

        return PathRules.Objection(chain.Path, Peer, Trust, expectation?.MaxIntermediates, At) ?? IdentityRules.Constrained(chain.Path, matched, inLeaf);
    }

    private Verdict Concluded(
        ImmutableArray<X509Certificate2> path, ImmutableArray<SubjectName> matched, ImmutableArray<SubjectName> inLeaf, PeerExpectation? expectation)
    {
        if (expectation is null)
        {
            return Trusted(path, expectation);
        }

        var refusal = IdentityRules.Objection(matched, inLeaf)
            ?? DialedName(expectation)
            ?? IdentityRules.Pinned(Leaf, expectation.PublicKeyPins);

        return refusal is null ? Trusted(path, expectation) : Refuse(Diagnosis.Sharpen(refusal, this, matched, expectation), expectation, path);
    }

    private Refusal? DialedName(PeerExpectation expectation) => NameMismatched && IdentityRules.SpeaksOfIdentity(expectation.Identity)
        ? new Refusal(VerdictReason.HostnameMismatch)
        : null;

    private Verdict.Trusted Trusted(ImmutableArray<X509Certificate2> path, PeerExpectation? expectation) =>
        new(CertificateSummary.Of(path[^1])) { Evidence = EvidenceOf(detail: null, expectation, path) };

    private Verdict.Refused Refuse(Refusal refusal, PeerExpectation? expectation, ImmutableArray<X509Certificate2> chain) =>
        new(refusal.Reason) { Evidence = EvidenceOf(refusal.Detail, expectation, chain) };

    private Evidence EvidenceOf(string? detail, PeerExpectation? expectation, ImmutableArray<X509Certificate2> chain) => Connection with
    {
        NamesChecked = expectation?.Identity.Names ?? [],
        Presented = CertificateSummary.OfMany(Peer),
        Chain = CertificateSummary.OfMany(chain),
        Bundles = Trust.Bundles,
        Anchors = CertificateSummary.SubjectsOf(Trust.Anchors.Take(8)),
        Detail = detail,
    };

    // The readers name what is wrong; messages of the platform speak of its own functions.
    private static string PhraseOf(Exception failure) => failure is AsnContentException { InnerException: null } ? failure.Message.TrimEnd('.') : "it cannot be read";
}
