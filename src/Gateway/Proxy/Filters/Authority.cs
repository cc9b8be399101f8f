using System.Buffers;
using System.Globalization;
using System.Net;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>Host and port of a URL, spelled in one way.</summary>
/// <param name="Host">Lower case, without brackets and the dot of a fully qualified name.</param>
/// <param name="Port">Null when none is written.</param>
internal readonly record struct Authority(string Host, int? Port)
{
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]");

    /// <summary>False for everything that a browser could take for another host, such as user information or a backslash.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Authority authority)
    {
        authority = default;
        var end = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':') is var colon && colon >= 0 ? colon : text.Length;
        var host = text[..end];
        var port = text[end..];
        if (host.IsEmpty || host.IndexOfAnyExcept(HostCharacters) >= 0 || !TryParsePort(port, out var number))
        {
            return false;
        }

        authority = new Authority(Normal(host), number);
        return true;
    }

    /// <summary>The one spelling of a name or an address.</summary>
    public static string Normal(ReadOnlySpan<char> host)
    {
        var bare = host.Trim("[]");
        return IPAddress.TryParse(bare, out var address) ? address.ToString() : bare.TrimEnd('.').ToString().ToLowerInvariant();
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int? port)
    {
        port = null;
        if (text is "" or ":")
        {
            return true;
        }

        var isNumber = int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && text[0] == ':';
        port = number;
        return isNumber;
    }
}
