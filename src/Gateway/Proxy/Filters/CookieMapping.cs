using System.Text;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>Maps Domain and Path of a backend's cookies (RFC 6265); name, value and every other attribute stay byte for byte.</summary>
internal sealed class CookieMapping(OwnAddresses own, PrefixPair prefixes)
{
    // Browsers keep such a cookie only with the path "/" and without a domain.
    private const string HostPrefix = "__Host-";

    /// <summary>The same cookie when there is nothing to map.</summary>
    public string Map(string cookie, PublicSide side)
    {
        StringBuilder? mapped = null;
        var kept = 0;
        var mapsPath = !cookie.AsSpan().TrimStart().StartsWith(HostPrefix, StringComparison.OrdinalIgnoreCase);
        for (var at = cookie.IndexOf(';', StringComparison.Ordinal); at >= 0; at = cookie.IndexOf(';', at + 1))
        {
            var (start, end) = ValueOf(cookie, at + 1, out var name);
            var value = cookie[start..end];
            var replaced = name switch
            {
                _ when name.Equals("Domain", StringComparison.OrdinalIgnoreCase) => Domain(value, side),
                _ when mapsPath && name.Equals("Path", StringComparison.OrdinalIgnoreCase) && value.StartsWith('/') => prefixes.ToPublicCookiePath(value),
                _ => null,
            };

            if (replaced is not null && replaced != value)
            {
                (mapped ??= new StringBuilder()).Append(cookie, kept, start - kept).Append(replaced);
                kept = end;
            }
        }

        return mapped is null ? cookie : mapped.Append(cookie, kept, cookie.Length - kept).ToString();
    }

    /// <summary>Null when the domain is the client's already, or foreign.</summary>
    private string? Domain(string value, PublicSide side)
    {
        var domain = Authority.Normal(value.AsSpan().TrimStart('.'));
        var publicHost = RequestHost.NameIn(side.Host).ToString().ToLowerInvariant();

        return domain.Length > 0 && !OwnAddresses.IsIn(publicHost, domain) && own.AreIn(domain, side.HostSent) ? publicHost : null;
    }

    /// <summary>Where the value of the attribute that begins here is; empty when it has none.</summary>
    private static (int Start, int End) ValueOf(string cookie, int at, out ReadOnlySpan<char> name)
    {
        var next = cookie.IndexOf(';', at);
        var end = next < 0 ? cookie.Length : next;
        var equals = cookie.AsSpan(at, end - at).IndexOf('=');
        name = cookie.AsSpan(at, equals < 0 ? end - at : equals).Trim();
        if (equals < 0)
        {
            return (end, end);
        }

        var start = at + equals + 1;
        while (start < end && cookie[start] is ' ' or '\t')
        {
            start++;
        }

        while (end > start && cookie[end - 1] is ' ' or '\t')
        {
            end--;
        }

        return (start, end);
    }
}
