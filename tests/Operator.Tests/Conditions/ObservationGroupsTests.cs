using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Operator.Conditions;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Conditions;

public sealed class ObservationGroupsTests
{
    [Fact]
    public void Endpoints_that_answer_alike_share_a_row()
    {
        var rows = ObservationGroups.Of([Trusted("10.1.2.5:8443", "a"), Trusted("10.1.2.3:8443", "a"), Trusted("10.1.2.4:8443", "b")]);

        Assert.Equal([2, 1], rows.Select(row => row.EndpointCount));
        Assert.Equal("10.1.2.3:8443", rows[0].SampleEndpoint);
    }

    [Fact]
    public void The_same_endpoint_seen_by_several_replicas_counts_once()
    {
        var row = Assert.Single(ObservationGroups.Of([Trusted("10.1.2.3:8443", "a"), Trusted("10.1.2.3:8443", "a")]));

        Assert.Equal(1, row.EndpointCount);
    }

    [Fact]
    public void At_most_four_rows_are_written_and_refusals_come_first()
    {
        var many = Enumerable.Range(0, 20).Select(index => Trusted($"10.1.2.{index}:8443", $"{index}"))
            .Append(Refused("10.9.9.9:8443", VerdictReason.Unreachable))
            .Append(Refused("10.9.9.8:8443", VerdictReason.CertificateExpired));

        var rows = ObservationGroups.Of(many);

        Assert.Equal(4, rows.Length);
        Assert.Equal(["CertificateExpired", "Unreachable", "Verified", "Verified"], rows.Select(row => row.Reason));
    }

    [Fact]
    [Trait("Promise", "P8")]
    public void A_refusal_is_told_in_the_words_of_its_verdict()
    {
        var observation = Refused("10.1.2.3:8443", VerdictReason.PlaintextBackend);
        var verdict = (Verdict.Refused)observation.Verdict;

        var row = Assert.Single(ObservationGroups.Of([observation]));

        Assert.False(row.Verified);
        Assert.Equal(VerdictText.Message(verdict), row.Message);
        Assert.Equal(VerdictText.Remedy(verdict), row.Remedy);
    }

    [Fact]
    public void A_verified_chain_ends_in_its_anchor_and_a_refused_one_claims_none()
    {
        var trusted = Assert.Single(ObservationGroups.Of([Trusted("10.1.2.3:8443", "a")]));
        var refused = Assert.Single(ObservationGroups.Of([Refused("10.1.2.3:8443", VerdictReason.UnknownAuthority)]));

        Assert.Equal(["Leaf", "Intermediate", "Anchor"], trusted.Chain.Select(certificate => certificate.Role));
        Assert.Equal(["Leaf", "Intermediate", "Intermediate"], refused.Chain.Select(certificate => certificate.Role));
    }

    [Fact]
    public void A_long_chain_is_cut_without_calling_what_is_left_an_anchor()
    {
        var chain = Enumerable.Range(0, 9).Select(index => Facts($"{index}")).ToImmutableArray();

        var row = Assert.Single(ObservationGroups.Of([Observation("10.1.2.3:8443", new Verdict.Trusted(chain[^1]) { Evidence = Evidence(chain) })]));

        Assert.Equal(6, row.Chain.Length);
        Assert.DoesNotContain(row.Chain, certificate => certificate.Role == "Anchor");
    }

    private static BackendObservation Trusted(string endpoint, string leaf)
    {
        ImmutableArray<CertificateFacts> chain = [Facts(leaf), Facts("issuing"), Facts("root")];
        return Observation(endpoint, new Verdict.Trusted(chain[^1]) { Evidence = Evidence(chain) });
    }

    private static BackendObservation Refused(string endpoint, VerdictReason reason) =>
        Observation(endpoint, new Verdict.Refused(reason) { Evidence = Evidence([Facts("leaf"), Facts("issuing"), Facts("other root")]) with { Endpoint = endpoint } });

    private static BackendObservation Observation(string endpoint, Verdict verdict) => new() { Route = Orders, Backend = "orders", Endpoint = endpoint, Verdict = verdict };

    private static Evidence Evidence(ImmutableArray<CertificateFacts> chain) => new() { Presented = chain, Chain = chain };

    private static CertificateFacts Facts(string name) => new()
    {
        Subject = $"CN={name}",
        Issuer = "CN=issuer",
        SerialNumber = "01",
        NotBefore = Now,
        NotAfter = Now.AddYears(1),
        Sha256 = Digest.Of(System.Text.Encoding.UTF8.GetBytes(name)),
    };
}
