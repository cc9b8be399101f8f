using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Forwarding;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>
/// The sessions of one rule: a client stays at the backend and the endpoint that answered it. A cookie that cannot be followed, be it forged, expired or of an
/// endpoint that is no more, is no error: an endpoint is chosen as for anybody, and the answer names it.
/// </summary>
internal sealed class RuleSessions
{
    private readonly ImmutableArray<ForwardTarget> targets;
    private readonly ImmutableArray<string> names;
    private readonly string path;
    private readonly TimeProvider time;

    /// <param name="targets">The backends of the rule that keep sessions, those with a weight of 0 too: they finish what they have.</param>
    /// <param name="names">Of all session cookies of the route. They are the gateway's: no backend sees them, and none sets them.</param>
    /// <param name="path">Where the rule's requests are.</param>
    /// <param name="time">Dates sessions.</param>
    public RuleSessions(IEnumerable<ForwardTarget> targets, IEnumerable<string> names, string path, TimeProvider time)
    {
        this.targets = [.. targets];
        this.names = [.. names.Distinct(StringComparer.Ordinal)];
        this.path = path;
        this.time = time;
    }

    /// <summary>Null when an endpoint is to be chosen.</summary>
    public KeptSession? Find(IHeaderDictionary headers)
    {
        var cookie = headers.Cookie;
        if (StringValues.IsNullOrEmpty(cookie))
        {
            return null;
        }

        var now = time.GetUtcNow();
        KeptSession? kept = null;
        var newest = DateTimeOffset.MinValue;
        foreach (var target in targets)
        {
            // A client that had to leave one backend for another has a cookie of each: the newer one is where it is.
            if (target.Sessions!.Find(cookie, now, out var endpoint) is { } session && session.Since > newest && target.Keeps(endpoint!))
            {
                (kept, newest) = (new KeptSession(target, endpoint!), session.Since);
            }
        }

        return kept;
    }

    /// <summary>What the backend sees of the client's cookies.</summary>
    public void Hide(IHeaderDictionary headers)
    {
        if (!StringValues.IsNullOrEmpty(headers.Cookie))
        {
            headers.Cookie = CookieFields.Without(headers.Cookie, names);
        }
    }

    /// <summary>Names the endpoint that answers, unless the client has named it itself.</summary>
    public void Answer(HttpResponse response, ForwardTarget target, LiveEndpoint endpoint, KeptSession? kept)
    {
        var headers = response.Headers;
        if (!StringValues.IsNullOrEmpty(headers.SetCookie))
        {
            headers.SetCookie = CookieFields.NotSetting(headers.SetCookie, names);
        }

        if (endpoint != kept?.Endpoint && target.Sessions is { } sessions && sessions.Begin(endpoint, time.GetUtcNow()) is { } value)
        {
            headers.SetCookie = StringValues.Concat(
                headers.SetCookie, $"{sessions.CookieName}={value}; Path={CookiePath.For(sessions.CookieName, path)}; HttpOnly; Secure; SameSite=Lax");
        }
    }
}
