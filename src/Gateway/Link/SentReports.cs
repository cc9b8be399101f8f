using System.Collections.Immutable;
using System.Text.Json;
using Google.Protobuf;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Contract.Wire;

namespace Portcullis.Gateway.Link;

/// <summary>What the operator was told on one stream, so that only what is new is told again.</summary>
internal sealed class SentReports
{
    private ImmutableDictionary<ObservedEndpoint, BackendObservation> observations = ImmutableDictionary<ObservedEndpoint, BackendObservation>.Empty;
    private ImmutableArray<BundleReport>? bundles;

    /// <summary>One report in as many messages as its size needs; everything at first, changes afterwards.</summary>
    public IEnumerable<ByteString> Next(GatewayReport report)
    {
        var changed = report.Observations.Where(IsNew).ToImmutableArray();
        var now = report.Observations.ToImmutableDictionary(observation => observation.About);
        var forgotten = observations.Keys.Where(about => !now.ContainsKey(about)).ToImmutableArray();
        var newBundles = BundlesToSend(report);

        observations = now;
        bundles = report.Bundles ?? bundles;

        var rest = report with { Bundles = newBundles, Observations = [], Forgotten = forgotten };

        return Split(rest, changed);
    }

    private bool IsNew(BackendObservation observation) =>
        !observations.TryGetValue(observation.About, out var sent) || !SameVerdict(sent.Verdict, observation.Verdict);

    // Records compare their lists by reference, so an equal verdict that was made anew must be compared as it is written.
    private static bool SameVerdict(Verdict left, Verdict right) => left == right
        || JsonSerializer.SerializeToUtf8Bytes(left, ContractJson.Verdict).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, ContractJson.Verdict));

    private ImmutableArray<BundleReport>? BundlesToSend(GatewayReport report) =>
        bundles is { } sent && report.Bundles is { } newest && sent.SequenceEqual(newest) ? null : report.Bundles;

    private static IEnumerable<ByteString> Split(GatewayReport rest, ImmutableArray<BackendObservation> changed)
    {
        var whole = ReportCodec.Encode(rest with { Observations = changed });

        if (whole.Length <= WireLimits.ChunkBytes || changed.Length < 2)
        {
            return [whole];
        }

        var half = changed.Length / 2;

        return Split(rest, changed[..half]).Concat(Split(new GatewayReport { Applied = rest.Applied }, changed[half..]));
    }
}
