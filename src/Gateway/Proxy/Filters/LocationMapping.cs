namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>
/// Maps URLs that point to a rule's own backend: absolute, without a scheme, or a path alone. Foreign ones, relative ones and whatever cannot be read without
/// doubt stay as they are; mapping never makes a URL that leads to another host.
/// </summary>
internal sealed class LocationMapping(OwnAddresses own, PrefixPair prefixes)
{
    /// <summary>The same URL when there is nothing to map.</summary>
    public string Map(string url, PublicSide side)
    {
        if (url.StartsWith("//", StringComparison.Ordinal))
        {
            return AbsoluteOf(url, "//", side.Scheme, "//", side);
        }

        if (url.StartsWith('/'))
        {
            return PathOf(url);
        }

        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return AbsoluteOf(url, "https://", "https", $"{side.Scheme}://", side);
        }

        return url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? AbsoluteOf(url, "http://", "http", $"{side.Scheme}://", side) : url;
    }

    private string AbsoluteOf(string url, string prefix, string scheme, string publicPrefix, PublicSide side)
    {
        var rest = url.AsSpan(prefix.Length);
        var end = rest.IndexOfAny('/', '?', '#') is var at && at >= 0 ? at : rest.Length;
        if (!Authority.TryParse(rest[..end], out var authority) || !own.Contain(authority, scheme, side.HostSent))
        {
            return url;
        }

        return prefixes.ToPublic(rest[end..]) is { } mapped ? string.Concat(publicPrefix, side.Host, mapped) : url;
    }

    private string PathOf(string url)
    {
        if (prefixes.ToPublic(url) is not { } mapped)
        {
            return url;
        }

        var path = mapped.StartsWith('/') ? mapped : $"/{mapped}";

        // Browsers take a backslash for a slash and leave control characters out: what looks like a path here may name a host there.
        return path.Length > 1 && path[1] is '/' or '\\' or < '!' ? url : path;
    }
}
