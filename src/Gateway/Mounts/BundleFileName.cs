using System.Text.RegularExpressions;
using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>The name of a mounted file: <c>namespace.name.pem</c>. A namespace has no dot, so the first dot ends it; a bundle's name may have some.</summary>
internal static partial class BundleFileName
{
    public const string Extension = ".pem";
    public const string Example = "shop.corp-root.pem";

    public static bool TryParse(string fileName, out ResourceKey bundle)
    {
        var match = Form().Match(fileName);
        bundle = match.Success ? new ResourceKey(match.Groups["namespace"].Value, match.Groups["name"].Value) : default;

        return match.Success && bundle.Namespace.Length <= 63 && bundle.Name.Length <= 63;
    }

    [GeneratedRegex(@"\A(?<namespace>[a-z0-9]([-a-z0-9]*[a-z0-9])?)\.(?<name>[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)\.pem\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
