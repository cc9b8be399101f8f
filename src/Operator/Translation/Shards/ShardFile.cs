using System.Text;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>How a bundle is written into a shard.</summary>
internal static class ShardFile
{
    /// <summary>Of a namespace and of a name, so that the file's name fits wherever it is mounted.</summary>
    public const int LongestName = 63;

    public static string NameOf(ResourceKey bundle) => $"{bundle.Namespace}.{bundle.Name}.pem";

    public static bool CanName(ResourceKey bundle) => bundle.Namespace.Length <= LongestName && bundle.Name.Length <= LongestName;

    /// <summary>What a ConfigMap's limit counts: key and content.</summary>
    public static int Size(string name, string content) => Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(content);

    public static int Size(CompiledBundle bundle) => Size(NameOf(bundle.Key), bundle.Pem);
}
