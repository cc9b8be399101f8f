using System.Buffers;
using System.Collections.Frozen;

namespace Portcullis.Contract.Configuration;

/// <summary>One header field, and which of them a route may touch.</summary>
public sealed record HeaderField(string Name, string Value)
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Framing, connection and Host belong to the gateway: whoever could write them would decide where a message ends, or who it is for.
    private static readonly FrozenSet<string> OfTheGateway = new[]
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "TE", "Trailer", "HTTP2-Settings",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsName(string name) => name.Length > 0 && name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;

    /// <summary>Visible characters of ASCII, with blanks between them.</summary>
    public static bool IsValue(string value) => value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && value.Length == value.Trim().Length;

    public static bool MayBeChanged(string name) => !OfTheGateway.Contains(name);
}
