using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Fleet;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>Which connected pods have not said yet that they hold all that is published for their gateway.</summary>
internal static class AwaitedPods
{
    public static ImmutableArray<AwaitedPod> Of(FleetState fleet, TranslationOptions options, ImmutableSortedDictionary<ResourceKey, TranslatedBundle> bundles)
    {
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

            return fleet.Gateways
                .Where(pod => pod.Gateway == gateway.Name && !published.All(bundle => Holds(pod, bundle)))
                .Select(pod => new AwaitedPod(new ResourceKey(gateway.Namespace, pod.PodName), pod.PodUid, wanted));
        }
    }

    private static bool Holds(GatewayState pod, CompiledBundle bundle) =>
        pod.Bundles.TryGetValue(bundle.Key, out var report) && report.Mounted == bundle.Digest;
}
