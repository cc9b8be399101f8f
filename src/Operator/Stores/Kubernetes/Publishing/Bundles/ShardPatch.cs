using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

/// <summary>The difference between what a shard holds and what it is to hold, as a request that a changed shard refuses.</summary>
internal static class ShardPatch
{
    public static ApiRequest Of(ResourceKey shard, AtHand<ShardContent> held, ImmutableSortedDictionary<string, string> wanted)
    {
        var data = new JsonObject();

        foreach (var (file, content) in wanted.Where(file => held.Content.Files.GetValueOrDefault(file.Key) != file.Value))
        {
            data[file] = content;
        }

        foreach (var file in held.Content.Files.Keys.Where(file => !wanted.ContainsKey(file)))
        {
            data[file] = null;
        }

        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = held.Uid, ["resourceVersion"] = held.ResourceVersion },
            ["data"] = data,
        };

        if (held.Content.HasBinary)
        {
            body["binaryData"] = null;
        }

        return WriteRequest.MergePatch(ApiKind.ConfigMap.Path(shard.Namespace, shard.Name), body);
    }
}
