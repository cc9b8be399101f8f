using System.Collections.Immutable;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes;

/// <summary>The cluster behind the seam: what is watched comes in, publishers take out.</summary>
/// <param name="watch">Runs on its own, for as long as the process does: a standby is as warm as the leader.</param>
/// <param name="publishBundles">Writes what gateways mount.</param>
/// <param name="publishStatuses">Writes statuses.</param>
internal sealed class ClusterStore(
    ClusterWatch watch,
    Func<BundlePublication, CancellationToken, Task> publishBundles,
    Func<ImmutableArray<ResourceStatus>, CancellationToken, Task> publishStatuses) : IResourceStore
{
    public IAsyncEnumerable<ResourceSnapshot> WatchAsync(CancellationToken cancellationToken) => watch.Snapshots.ReadAllAsync(cancellationToken);

    public Task PublishBundlesAsync(BundlePublication publication, CancellationToken cancellationToken) => publishBundles(publication, cancellationToken);

    public Task PublishStatusesAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken) => publishStatuses(statuses, cancellationToken);
}
