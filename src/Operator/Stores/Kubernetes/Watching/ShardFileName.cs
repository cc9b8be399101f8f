using System.Diagnostics.CodeAnalysis;
using Portcullis.Contract;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Which bundle a file of a trust shard is: <c>namespace.name.pem</c>. Namespaces have no dots, so the first one ends it.</summary>
internal static class ShardFileName
{
    private const string Ending = ".pem";

    public static string Of(ResourceKey bundle) => $"{bundle.Namespace}.{bundle.Name}{Ending}";

    public static bool TryParse(string file, [NotNullWhen(true)] out ResourceKey? bundle)
    {
        bundle = file.EndsWith(Ending, StringComparison.Ordinal) && file[..^Ending.Length].Split('.', 2) is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? new ResourceKey(ns, name)
            : null;

        return bundle is not null;
    }
}
