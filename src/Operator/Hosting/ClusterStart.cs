using Portcullis.Hosting;

namespace Portcullis.Operator.Hosting;

/// <summary>All that one operator process in a cluster starts from.</summary>
/// <param name="Options">From the file.</param>
/// <param name="PodName">Names this replica.</param>
/// <param name="Kubeconfig">Null in a pod.</param>
/// <param name="Log">How lines look.</param>
internal sealed record ClusterStart(ClusterOptions Options, string PodName, string? Kubeconfig, LogFormat Log);
