using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using k8s.Models;

namespace Portcullis.Operator.Translation;

/// <summary>What a Secret holds under a key. The API server folds stringData into data; a manifest may still have it.</summary>
internal static class SecretContent
{
    public static bool TryFind(V1Secret secret, string key, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;

        if (secret.StringData?.TryGetValue(key, out var text) == true)
        {
            content = Encoding.UTF8.GetBytes(text);
        }
        else if (secret.Data?.TryGetValue(key, out var bytes) == true)
        {
            content = bytes;
        }

        return content is not null;
    }

    public static ImmutableArray<string> Keys(V1Secret secret) => [.. secret.Data?.Keys ?? [], .. secret.StringData?.Keys ?? []];
}
