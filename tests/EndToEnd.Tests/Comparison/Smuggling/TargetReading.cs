using System.Text;
using System.Text.RegularExpressions;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>Whether everybody who reads a request's target looks for the same thing.</summary>
internal static partial class TargetReading
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="host">Null without the header.</param>
    public static IEnumerable<string> DoubtsOf(string method, string target, string? host)
    {
        if ((method == "OPTIONS" && target == "*") || (method == "CONNECT" && Authority().IsMatch(target)))
        {
            yield break;
        }

        var parts = Target().Match(target);
        if (!parts.Success)
        {
            yield return Doubt.Target;
            yield break;
        }

        if (parts.Groups["authority"] is { Success: true, Value: var authority } && !authority.Equals(host, StringComparison.OrdinalIgnoreCase))
        {
            yield return Doubt.Authority;
        }

        if (DecodesToAnother(parts.Groups["path"].Value))
        {
            yield return Doubt.Path;
        }
    }

    // Who decodes before he looks for segments, or drops a segment's parameters, goes elsewhere than who does not.
    private static bool DecodesToAnother(string path) =>
        Separator().IsMatch(path) || path.Split('/').Any(segment => Dots().IsMatch(segment)) || !DecodesToText(path);

    private static bool DecodesToText(string path)
    {
        try
        {
            var decoded = Encoded().Replace(path, octet => ((char)Convert.ToByte(octet.Value[1..], 16)).ToString());
            Strict.GetCharCount(Encoding.Latin1.GetBytes(decoded));
            return true;
        }
        catch (DecoderFallbackException)
        {
            // What is no UTF-8 is decoded as each one pleases.
            return false;
        }
    }

    private const string PathCharacters = "([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*";

    private const string QueryCharacters = "([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*";

    [GeneratedRegex($@"^(https?://(?<authority>[^/?#]*)(?<path>(/{PathCharacters})?)|(?<path>/{PathCharacters}))(\?{QueryCharacters})?\z")]
    private static partial Regex Target();

    [GeneratedRegex("%[0-9A-Fa-f]{2}")]
    private static partial Regex Encoded();

    [GeneratedRegex(@"^[A-Za-z0-9.-]+:[0-9]+\z")]
    private static partial Regex Authority();

    [GeneratedRegex("%(2F|5C|00)", RegexOptions.IgnoreCase)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^(\.|%2E){1,2}(;.*)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Dots();
}
