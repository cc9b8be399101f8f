using Google.Protobuf;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Contract.Wire;
using Portcullis.Gateway.Link;

namespace Portcullis.Gateway.Tests.Link;

[Trait("Promise", "P8")]
public sealed class SentReportsTests
{
    private static readonly ResourceKey Route = new("shop", "web");

    [Fact]
    public void The_first_report_of_a_stream_holds_everything()
    {
        var sent = Assert.Single(Decode(new SentReports().Next(Report([Bundle(1)], Seen("a:443"), Seen("b:443")))));

        Assert.NotNull(sent.Applied);
        Assert.Equal([Bundle(1)], sent.Bundles!.Value);
        Assert.Equal(["a:443", "b:443"], sent.Observations.Select(observation => observation.Endpoint));
    }

    [Fact]
    public void Later_reports_hold_only_what_is_new()
    {
        var reports = new SentReports();
        _ = reports.Next(Report([Bundle(1)], Seen("a:443"), Seen("b:443"), Seen("c:443")));

        var sent = Assert.Single(Decode(reports.Next(Report([Bundle(1)], Seen("a:443"), Seen("b:443", VerdictReason.PinMismatch)))));

        Assert.NotNull(sent.Applied);
        Assert.Null(sent.Bundles);
        Assert.Equal(["b:443"], sent.Observations.Select(observation => observation.Endpoint));
        Assert.Equal([new ObservedEndpoint(Route, "main", "c:443")], sent.Forgotten);
    }

    [Fact]
    public void Changed_bundles_are_sent_as_a_whole()
    {
        var reports = new SentReports();
        _ = reports.Next(Report([Bundle(1)]));

        var sent = Assert.Single(Decode(reports.Next(Report([Bundle(2)]))));

        Assert.Equal([Bundle(2)], sent.Bundles!.Value);
    }

    [Fact]
    public void A_report_of_many_verdicts_travels_in_pieces_that_add_up()
    {
        var seen = Enumerable.Range(0, 3000).Select(number => Seen($"{number}:443", detail: new string('x', 1000))).ToArray();

        var pieces = new SentReports().Next(Report([Bundle(1)], seen)).ToArray();

        Assert.InRange(pieces.Length, 3, 8);
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, WireLimits.ChunkBytes));
        Assert.Equal(seen.Select(observation => observation.Endpoint), Decode(pieces).SelectMany(piece => piece.Observations).Select(observation => observation.Endpoint));
        Assert.Single(Decode(pieces), piece => piece.Bundles is not null);
    }

    private static IEnumerable<GatewayReport> Decode(IEnumerable<ByteString> contents) =>
        contents.Select(content => ReportCodec.TryDecode(content, out var report, out var problem) ? report : throw new InvalidDataException(problem));

    private static GatewayReport Report(BundleReport[] bundles, params BackendObservation[] observations) => new()
    {
        Applied = new AppliedConfiguration { Epoch = 1, Sequence = 1, Revision = Digest.Of("x"u8) },
        Bundles = [.. bundles],
        Observations = [.. observations],
    };

    private static BundleReport Bundle(int anchors) => new() { Bundle = new ResourceKey("shop", "company"), AnchorsInForce = anchors };

    private static BackendObservation Seen(string endpoint, VerdictReason reason = VerdictReason.UnknownAuthority, string? detail = null) => new()
    {
        Route = Route,
        Backend = "main",
        Endpoint = endpoint,
        Verdict = new Verdict.Refused(reason) { Evidence = new Evidence { NamesChecked = [new SubjectName(SubjectNameKind.Dns, "web.corp")], Detail = detail } },
    };
}
