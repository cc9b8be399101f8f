using System.Net;
using System.Text.RegularExpressions;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>What counts as a DNS name here: lower case, letters, digits and hyphens, no address.</summary>
internal static partial class HostName
{
    public static string Normal(string name) => name.ToLowerInvariant();

    public static bool IsExact(string name) => name.Length <= 253 && Labels().IsMatch(name) && !IPAddress.TryParse(name, out _);

    public static bool IsExactOrWildcard(string name) => IsExact(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name);

    [GeneratedRegex(
        @"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Labels();
}
