using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>The door for writes: shut as soon as this replica is not the leader any more, whatever still runs behind it.</summary>
/// <param name="api">Where they go.</param>
/// <param name="isLeading">By the lease's monotonic deadline.</param>
internal sealed class LeaderWrites(ApiConnection api, Func<bool> isLeading)
{
    /// <exception cref="NotLeadingException">Nothing was sent.</exception>
    public Task<ApiAnswer> SendAsync(ApiRequest write, CancellationToken cancellationToken) =>
        isLeading() ? api.SendAsync(write, cancellationToken) : throw new NotLeadingException();
}
