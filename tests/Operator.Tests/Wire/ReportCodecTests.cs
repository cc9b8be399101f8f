using Google.Protobuf;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Tests.Wire;

public sealed class ReportCodecTests
{
    [Fact]
    public void A_report_arrives_as_it_was()
    {
        var report = new GatewayReport
        {
            Applied = new AppliedConfiguration { Epoch = 1, Sequence = 2, Revision = Digest.Of("x"u8) },
            Bundles = [new BundleReport { Bundle = new ResourceKey("shop", "company"), AnchorsInForce = 3 }],
            Forgotten = [new ObservedEndpoint(new ResourceKey("shop", "web"), "main", "a:443")],
        };

        Assert.True(ReportCodec.TryDecode(ReportCodec.Encode(report), out var arrived, out _));

        Assert.Equal(report.Applied.Revision, arrived.Applied!.Revision);
        Assert.Equal(report.Bundles.Value, arrived.Bundles!.Value);
        Assert.Equal(report.Forgotten, arrived.Forgotten);
    }

    [Fact]
    public void What_a_newer_gateway_adds_is_passed_over()
    {
        Assert.True(ReportCodec.TryDecode(ByteString.CopyFromUtf8("""{"news":{"from":"tomorrow"},"observations":[]}"""), out var report, out _));

        Assert.Empty(report.Observations);
        Assert.Null(report.Applied);
    }

    [Theory]
    [InlineData("null", "it is empty")]
    [InlineData("{", "it is not understood at $")]
    [InlineData("""{"applied":{"epoch":"SECRET"}}""", "it is not understood at $.applied.epoch")]
    public void What_is_no_report_is_refused_without_its_content(string content, string expected)
    {
        Assert.False(ReportCodec.TryDecode(ByteString.CopyFromUtf8(content), out _, out var problem));

        Assert.Equal(expected, problem);
    }
}
