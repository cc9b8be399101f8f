using System.Security.Cryptography;
using System.Text;
using Portcullis.Contract;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>The name of a file about one resource: <c>namespace.name.ext</c>. A namespace has no dots, so the first one separates.</summary>
internal static class ResourceFileName
{
    // File systems end at 255 bytes; a namespace and a name together may be longer.
    private const int Longest = 200;

    public static string Of(ResourceKey key, string extension)
    {
        var name = $"{key.Namespace}.{key.Name}";

        return name.Length <= Longest
            ? $"{name}.{extension}"
            : $"{name[..(Longest / 2)]}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}.{extension}";
    }

    /// <summary>Null when the name was not made by <see cref="Of"/>, or was shortened by it.</summary>
    public static ResourceKey? TryRead(string fileName, string extension)
    {
        var isOurs = fileName.EndsWith($".{extension}", StringComparison.Ordinal) && !fileName.Contains('~', StringComparison.Ordinal);
        var name = isOurs ? fileName[..^(extension.Length + 1)] : "";
        var dot = name.IndexOf('.', StringComparison.Ordinal);

        return dot > 0 && dot < name.Length - 1 ? new ResourceKey(name[..dot], name[(dot + 1)..]) : null;
    }
}
