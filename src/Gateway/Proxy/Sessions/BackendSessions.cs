using Microsoft.Extensions.Primitives;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>The sessions of one backend: which endpoint a client's cookie names, and the cookie that names an endpoint.</summary>
internal sealed class BackendSessions(SessionSettings settings, BackendKey backend, IEnumerable<LiveEndpoint> endpoints, SessionKeys keys)
{
    // Each one costs a decryption, and a client can send thousands. More than one comes of a rule within the path of another.
    private const int MostTried = 4;

    private readonly Dictionary<EndpointId, LiveEndpoint> endpoints = endpoints.ToDictionary(endpoint => EndpointId.Of(endpoint.Address));
    private volatile DerivedKey? derived;

    public string CookieName => settings.CookieName;

    /// <summary>The first session that is one and still holds; null when there is none, for whatever reason.</summary>
    /// <param name="cookie">Of the request.</param>
    /// <param name="now">Ends sessions.</param>
    /// <param name="endpoint">Where the session is.</param>
    public Session? Find(StringValues cookie, DateTimeOffset now, out LiveEndpoint? endpoint)
    {
        endpoint = null;
        if (Key() is not { } key)
        {
            return null;
        }

        foreach (var value in CookieFields.ValuesOf(cookie, CookieName).Take(MostTried))
        {
            if (SealedSession.TryOpen(value, key, out var session)
                && !session.IsOver(settings.AbsoluteTimeout, now)
                && endpoints.TryGetValue(session.Endpoint, out endpoint))
            {
                return session;
            }
        }

        return null;
    }

    /// <summary>The value of a cookie for a session that begins now; null while there is no key.</summary>
    public string? Begin(LiveEndpoint endpoint, DateTimeOffset now) =>
        Key() is { } key ? SealedSession.Seal(new Session(EndpointId.Of(endpoint.Address), now), key) : null;

    // A cookie of one backend is nothing to another, also within a route.
    private SessionKey? Key()
    {
        var (pushed, known) = (keys.Current, derived);
        if (pushed is null)
        {
            return null;
        }

        if (known is null || !ReferenceEquals(known.From, pushed))
        {
            derived = known = new DerivedKey(pushed, pushed.For($"backend {backend}"));
        }

        return known.Key;
    }

    /// <param name="From">To see that it has been replaced.</param>
    private sealed record DerivedKey(SessionKey From, SessionKey Key);
}
