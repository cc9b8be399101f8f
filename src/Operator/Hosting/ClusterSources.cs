using Portcullis.Operator.Cluster;
using Portcullis.Operator.Leading;
using Portcullis.Operator.Stores.Kubernetes;
using Portcullis.Operator.Stores.Kubernetes.Publishing;

namespace Portcullis.Operator.Hosting;

/// <summary>Puts together what is read of a real cluster and what is written to it.</summary>
internal static class ClusterSources
{
    public static ClusterSource Of(ClusterOptions options, string podName, ApiConnection api, IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var watching = new ClusterWatchOptions
        {
            WatchNamespaces = options.WatchNamespaces,
            Gateways = options.Gateways,
            OperatorService = options.OwnService,

            // The chart names them alike; where they differ, the API server's refusals say the account themselves.
            ServiceAccount = $"{options.Namespace}:{options.Service}",
            SecretReader = options.SecretReader,
        };
        var watch = new ClusterWatch(watching, api, time, loggers.CreateLogger<ClusterWatch>());

        return new ClusterSource { RunAsync = watch.RunAsync, Synced = watch.Synced, Awaited = () => watch.Awaited, Begin = Begin };

        TermParts Begin(Term term)
        {
            var publishing = new PublishingOptions { PodName = podName, TouchPods = options.TouchPods };
            var publisher = new ClusterPublisher(api, () => term.IsHeld, publishing, options.Gateways, Held(watch), time, loggers.CreateLogger<ClusterPublisher>());
            var store = new ClusterStore(watch, publisher.PublishBundlesAsync, publisher.PublishStatusesAsync);

            return new TermParts(store, publisher.RunAsync, publisher);
        }
    }

    private static HeldObjects Held(ClusterWatch watch) => new(
        key => watch.Objects.Shards.GetValueOrDefault(key),
        key => watch.Objects.Resources.BackendRoutes.GetValueOrDefault(key),
        key => watch.Objects.Resources.TrustBundles.GetValueOrDefault(key));
}
