using Microsoft.Extensions.Primitives;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>The gateway's own cookies among those of a message. Everything else stays byte for byte: what a backend makes of its cookies is its own affair.</summary>
internal static class CookieFields
{
    /// <summary>The values under this name in the order in which they were sent, which puts the closest path first (RFC 6265, section 5.4).</summary>
    public static IEnumerable<string> ValuesOf(StringValues cookie, string name)
    {
        foreach (var field in cookie)
        {
            foreach (var pair in new StringTokenizer(field ?? "", [';']))
            {
                if (IsNamed(pair.AsSpan(), name, out var value))
                {
                    yield return value.ToString();
                }
            }
        }
    }

    /// <summary>A request's Cookie fields without those names; the very same value when there is none of them.</summary>
    public static StringValues Without(StringValues cookie, IReadOnlyCollection<string> names)
    {
        if (!cookie.Any(field => Pairs(field).Any(pair => IsOneOf(pair, names))))
        {
            return cookie;
        }

        return new StringValues(
        [
            .. cookie
                .Select(field => string.Join(';', Pairs(field).Where(pair => !IsOneOf(pair, names))).Trim())
                .Where(field => field.Length > 0),
        ]);
    }

    /// <summary>A response's Set-Cookie fields without those names.</summary>
    public static StringValues NotSetting(StringValues setCookie, IReadOnlyCollection<string> names) =>
        setCookie.Any(field => IsOneOf(field, names)) ? new StringValues([.. setCookie.Where(field => !IsOneOf(field, names))]) : setCookie;

    private static string[] Pairs(string? field) => (field ?? "").Split(';');

    private static bool IsOneOf(string? pair, IReadOnlyCollection<string> names) => names.Any(name => IsNamed(pair, name, out _));

    private static bool IsNamed(ReadOnlySpan<char> pair, string name, out ReadOnlySpan<char> value)
    {
        var equals = pair.IndexOf('=');
        value = equals < 0 ? [] : pair[(equals + 1)..].Trim();

        return equals > 0 && pair[..equals].Trim().SequenceEqual(name);
    }
}
