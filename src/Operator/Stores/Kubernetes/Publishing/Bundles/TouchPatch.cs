using System.Globalization;
using System.Text.Json.Nodes;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

/// <summary>Changes one annotation of one very pod: the kubelet then looks at its volumes at once instead of within a minute and a half.</summary>
internal static class TouchPatch
{
    public const string Annotation = "portcullis.dev/trust-published";

    private const int DigestDigits = 12;

    /// <param name="pod">Whose uid is demanded, so that a later pod of the same name is left alone.</param>
    /// <param name="now">Part of the value: an annotation that stays the same wakes nobody.</param>
    public static ApiRequest Of(AwaitedPod pod, DateTimeOffset now) => WriteRequest.MergePatch(
        ApiKind.Pod.Path(pod.Pod.Namespace, pod.Pod.Name),
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Uid, ["annotations"] = new JsonObject { [Annotation] = Value(pod, now) } },
        });

    private static string Value(AwaitedPod pod, DateTimeOffset now)
    {
        var digest = pod.Wanted.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{digest[(digest.IndexOf(':') + 1)..][..DigestDigits]}-{now.ToUnixTimeMilliseconds()}");
    }
}
