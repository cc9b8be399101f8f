using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>Maps a backend's own addresses in the header fields of its responses back to those that clients use.</summary>
internal sealed class BackMapping
{
    private const string Refresh = "Refresh";

    private readonly LocationMapping? locations;
    private readonly CookieMapping? cookies;

    private BackMapping(LocationMapping? locations, CookieMapping? cookies)
    {
        this.locations = locations;
        this.cookies = cookies;
    }

    /// <summary>Null when nothing is mapped.</summary>
    public static BackMapping? Of(ResponseMapping? mapping, PathChange? change, PathMatch match, OwnAddresses own)
    {
        if (mapping is null)
        {
            return null;
        }

        var prefixes = PrefixPair.Of(change, match);
        return new BackMapping(mapping.Locations ? new LocationMapping(own, prefixes) : null, mapping.Cookies ? new CookieMapping(own, prefixes) : null);
    }

    public void Apply(IHeaderDictionary headers, PublicSide side)
    {
        if (locations is not null)
        {
            Rewrite(headers, HeaderNames.Location, value => locations.Map(value, side));
            Rewrite(headers, HeaderNames.ContentLocation, value => locations.Map(value, side));
            Rewrite(headers, Refresh, value => RefreshValue.WithUrl(value, url => locations.Map(url, side)));
        }

        if (cookies is not null)
        {
            Rewrite(headers, HeaderNames.SetCookie, value => cookies.Map(value, side));
        }
    }

    private static void Rewrite(IHeaderDictionary headers, string name, Func<string, string> map)
    {
        if (headers.TryGetValue(name, out var values))
        {
            headers[name] = values.Count == 1 ? map(values.ToString()) : values.Select(value => map(value ?? "")).ToArray();
        }
    }
}
