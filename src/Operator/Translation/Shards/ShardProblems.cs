using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>The words of why a bundle cannot be published.</summary>
internal static class ShardProblems
{
    public static Problem NameTooLong(ResourceKey bundle) => new(
        ProblemReason.InvalidValue,
        "metadata.name",
        $"The name '{bundle.Name}' has {bundle.Name.Length} characters, and a gateway mounts only bundles whose namespace and name have at most {ShardFile.LongestName} each. "
        + "Create the TrustBundle under a shorter name.");

    public static Problem NoRoom(ShardRequest request, ImmutableArray<GatewayShards> users)
    {
        var file = ShardFile.NameOf(request.Wanted.Key);
        var needed = request.Candidates.Min(candidate => ShardFile.Size(candidate.Published!));
        var full = users.First(user => !user.TryFind(file, needed, out _));
        var everywhere = users.Length > 1 ? $"It is refused on all its gateways ({string.Join(", ", users.Select(user => user.Name))}), so that they verify alike. " : "";
        var inForce = request.Unmoved is null ? "Nothing of this bundle is in force. " : "What was published before stays in force, less the anchors that were removed. ";

        return new Problem(
            ProblemReason.ShardsFull,
            "spec.sources",
            $"Gateway '{full.Name}' has no room for the newest content: it needs {needed} bytes in one of the gateway's {full.Count} trust ConfigMaps, "
            + $"and none has more than {Math.Max(0, full.LargestRoom(file))} left. {everywhere}{inForce}"
            + "Raise trustShards in the chart's values, or make this bundle or others smaller.");
    }
}
