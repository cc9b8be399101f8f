using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Portcullis.Gateway.Hosting.Access;

namespace Portcullis.Gateway.Hosting;

/// <summary>Values of options as people write them.</summary>
internal static class OptionText
{
    /// <summary>A number with a unit, as in Gateway API: <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c>; at most a day.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');

        if (digits is < 1 or > 9)
        {
            return false;
        }

        var unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => TimeSpan.Zero,
        };

        duration = unit * int.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        return unit > TimeSpan.Zero && duration <= TimeSpan.FromDays(1);
    }

    /// <summary>A duration that leaves a client the time for anything at all.</summary>
    public static bool TryParseLimit(string text, out TimeSpan limit) => TryParseDuration(text, out limit) && limit >= TimeSpan.FromSeconds(1);

    public static bool TryParseNetwork(string text, out IPNetwork network) => IPNetwork.TryParse(text, out network);

    public static bool TryParseHttps(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme == Uri.UriSchemeHttps && address.PathAndQuery == "/";

    public static bool TryParseCount(string text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= 1_000_000;

    public static bool TryParseBytes(string text, out long bytes) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) && bytes is > 0 and <= 1_000_000_000_000;

    public static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;

    public static bool TryParseAccessLog(string text, out AccessLogMode mode)
    {
        mode = text switch
        {
            "all" => AccessLogMode.All,
            "failures" => AccessLogMode.Failures,
            _ => AccessLogMode.None,
        };
        return mode != AccessLogMode.None || text == "none";
    }

    public static bool TryParseName(string text, [NotNullWhen(true)] out string? name)
    {
        name = text;
        return text.Length is > 0 and <= 253 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_');
    }
}
