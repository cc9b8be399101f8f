using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>
/// Which pods have not said yet that they hold all that is published for their gateway. One that is not connected counts too: it may wait for the certificate by which
/// it verifies the operator, which is mounted as late as everything else. A new leader gives all of them a moment to call before it makes anything of their silence.
/// </summary>
internal static class AwaitedPods
{
    private static readonly Digest Connection = Digest.Of("a connection to the operator"u8);

    public static ImmutableArray<AwaitedPod> Of(
        ResourceSnapshot snapshot, FleetState fleet, TranslationOptions options, ImmutableSortedDictionary<ResourceKey, TranslatedBundle> bundles, DateTimeOffset now)
    {
        var silenceCounts = fleet.CalledAt is not { } called || now >= called;
        var awaited = options.Gateways.DistinctBy(gateway => gateway.Name).Where(gateway => !gateway.Shards.IsEmpty).SelectMany(OfGateway);

        return [.. awaited.OrderBy(pod => pod.Pod).ThenBy(pod => pod.Uid, StringComparer.Ordinal)];

        IEnumerable<AwaitedPod> OfGateway(DeclaredGateway gateway)
        {
            var published = bundles.Values
                .Where(bundle => bundle.Gateways.Contains(gateway.Name))
                .Select(bundle => bundle.Published)
                .OfType<CompiledBundle>()
                .ToImmutableArray();
            var wanted = Digest.Of(Encoding.UTF8.GetBytes(string.Concat(published.Select(bundle => $"{bundle.Key} {bundle.Digest}\n"))));

            var connected = fleet.Gateways.Where(pod => pod.Gateway == gateway.Name).ToImmutableArray();
            var silent = silenceCounts ? snapshot.Pods.GetValueOrDefault(gateway.Name)?.ExceptBy(connected.Select(pod => pod.PodUid), pod => pod.Key) ?? [] : [];

            return connected
                .Where(pod => silenceCounts || HasReported(pod))
                .Where(pod => !published.All(bundle => Holds(pod, bundle)))
                .Select(pod => Awaited(pod.PodName, pod.PodUid, wanted))
                .Concat(silent.Select(pod => Awaited(pod.Value, pod.Key, Connection)));

            AwaitedPod Awaited(string name, string uid, Digest what) => new(new ResourceKey(gateway.Namespace, name), uid, what);
        }
    }

    private static bool HasReported(GatewayState pod) => pod.Applied is not null || !pod.Bundles.IsEmpty;

    private static bool Holds(GatewayState pod, CompiledBundle bundle) =>
        pod.Bundles.TryGetValue(bundle.Key, out var report) && report.Mounted == bundle.Digest;
}
