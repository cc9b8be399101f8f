using System.Collections.Immutable;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores;

/// <summary>Where resources come from and where results go: a cluster, or a folder.</summary>
public interface IResourceStore
{
    /// <summary>
    /// The newest snapshot whenever something changed. The first one comes when everything was read once, so that nothing is pushed from half a
    /// picture (P5). A slow reader skips stale snapshots.
    /// </summary>
    IAsyncEnumerable<ResourceSnapshot> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Makes exactly these bundles the mounted ones; writes only differences.</summary>
    Task PublishBundlesAsync(BundlePublication publication, CancellationToken cancellationToken);

    /// <summary>Makes these the statuses; writes only differences.</summary>
    Task PublishStatusesAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken);
}
