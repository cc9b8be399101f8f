using System.Globalization;
using System.Text.Json.Nodes;
using Portcullis.Contract;

namespace Portcullis.Operator.Leading;

/// <summary>What a Lease becomes: new, acquired, renewed or released.</summary>
internal static class LeaseWriting
{
    public static JsonObject New(ResourceKey lease, string holder, long epoch, TimeSpan duration, DateTimeOffset now) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject
        {
            ["namespace"] = lease.Namespace,
            ["name"] = lease.Name,
            ["annotations"] = new JsonObject { [LeaseReading.EpochAnnotation] = TextOf(epoch) },
        },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = Seconds(duration),
            ["acquireTime"] = MicroTime.Of(now),
            ["renewTime"] = MicroTime.Of(now),
            ["leaseTransitions"] = 0,
        },
    };

    public static JsonObject Acquired(LeaseReading lease, string holder, long epoch, TimeSpan duration, DateTimeOffset now)
    {
        var (acquired, spec) = Copy(lease);
        Annotations(acquired)[LeaseReading.EpochAnnotation] = TextOf(epoch);
        spec["holderIdentity"] = holder;
        spec["leaseDurationSeconds"] = Seconds(duration);
        spec["acquireTime"] = MicroTime.Of(now);
        spec["renewTime"] = MicroTime.Of(now);
        spec["leaseTransitions"] = lease.Transitions + 1;
        return acquired;
    }

    public static JsonObject Renewed(LeaseReading lease, TimeSpan duration, DateTimeOffset now)
    {
        var (renewed, spec) = Copy(lease);
        spec["leaseDurationSeconds"] = Seconds(duration);
        spec["renewTime"] = MicroTime.Of(now);
        return renewed;
    }

    /// <summary>Nobody holds it, and whoever looks at the duration sees that nobody is waited for.</summary>
    public static JsonObject Released(LeaseReading lease, DateTimeOffset now)
    {
        var (released, spec) = Copy(lease);
        spec["holderIdentity"] = "";
        spec["leaseDurationSeconds"] = 1;
        spec["renewTime"] = MicroTime.Of(now);
        return released;
    }

    private static (JsonObject Copy, JsonObject Spec) Copy(LeaseReading lease)
    {
        var copy = lease.Object.DeepClone().AsObject();
        var spec = copy["spec"] as JsonObject ?? [];
        copy["spec"] ??= spec;

        // What it says of earlier writers is the API server's to keep.
        (copy["metadata"] as JsonObject)?.Remove("managedFields");
        return (copy, spec);
    }

    private static JsonObject Annotations(JsonObject lease)
    {
        var metadata = lease["metadata"]!.AsObject();
        var annotations = metadata["annotations"] as JsonObject ?? [];
        metadata["annotations"] ??= annotations;
        return annotations;
    }

    private static string TextOf(long epoch) => epoch.ToString(CultureInfo.InvariantCulture);

    private static int Seconds(TimeSpan duration) => (int)Math.Ceiling(duration.TotalSeconds);
}
