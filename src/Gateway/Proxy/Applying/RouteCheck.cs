using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// What must be true of a route before anything is built of it. The operator has checked more than this; a gateway believes nobody, because what it cannot run
/// must be refused while the predecessor still serves.
/// </summary>
internal static class RouteCheck
{
    // Timers take no more.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(20);

    /// <summary>The first thing that is wrong, as a sentence without a subject; null when nothing is.</summary>
    public static string? Problem(RouteEntry route) =>
        Hostnames(route)
        ?? Duplicates(route)
        ?? route.Backends.Select(Backend).FirstOrDefault(problem => problem is not null)
        ?? route.Rules.Select(rule => Rule(rule, route)).FirstOrDefault(problem => problem is not null);

    private static string? Hostnames(RouteEntry route)
    {
        if (route.Hostnames.IsDefaultOrEmpty)
        {
            return "has no hostname";
        }

        return route.Hostnames.FirstOrDefault(name => !IsHostname(name)) is { } malformed ? $"has the malformed hostname '{malformed}'" : null;
    }

    private static string? Duplicates(RouteEntry route) =>
        route.Backends.GroupBy(backend => backend.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"has two backends named '{twice.Key}'"
            : null;

    private static string? Backend(BackendConfiguration backend)
    {
        if (backend.Tls.Bundles.IsDefaultOrEmpty)
        {
            return $"has backend '{backend.Name}' without a bundle";
        }

        if (backend.Endpoints.FirstOrDefault(endpoint => endpoint.Identity.Names.IsDefaultOrEmpty) is { } nameless)
        {
            return $"has backend '{backend.Name}' whose endpoint {nameless.Host} has no name to verify";
        }

        if (backend.Endpoints.FirstOrDefault(endpoint => !IsAddress(endpoint)) is { } wrong)
        {
            return $"has backend '{backend.Name}' with the malformed endpoint '{wrong.Host}' port {wrong.Port}";
        }

        if (backend.Endpoints.GroupBy(endpoint => (endpoint.Host, endpoint.Port)).FirstOrDefault(HasTwoIdentities) is { } ambiguous)
        {
            return $"has backend '{backend.Name}' that expects two identities at {ambiguous.Key.Host} port {ambiguous.Key.Port}";
        }

        if (backend.Health?.Probes is { } probes && !(IsTime(probes.Interval) && IsTime(probes.Timeout) && IsPath(probes.Path)))
        {
            return $"has backend '{backend.Name}' with probes that cannot be sent";
        }

        if (backend.Session is { } session && !(HeaderField.IsName(session.CookieName) && session.AbsoluteTimeout is null or { Ticks: > 0 }))
        {
            return $"has backend '{backend.Name}' with sessions that cannot be kept";
        }

        return Limits(backend.Connections) is { } limit ? $"has backend '{backend.Name}' with {limit}" : null;
    }

    // Connections are pooled by address: with two identities at one address, a request for one could leave on a connection verified for the other.
    private static bool HasTwoIdentities(IEnumerable<BackendEndpoint> sameAddress) =>
        sameAddress.Any(endpoint => !Backends.Backend.SameIdentity(endpoint.Identity, sameAddress.First().Identity));

    private static string? Limits(ConnectionSettings settings)
    {
        if (!IsTime(settings.ConnectTimeout) || !IsTime(settings.MaximumLifetime) || !IsTime(settings.IdleTimeout))
        {
            return "a timeout that is not between 0 and 20 days";
        }

        return settings.MaximumPerEndpoint < 1 ? "room for no connection" : null;
    }

    private static string? Rule(RouteRule rule, RouteEntry route)
    {
        if (rule.Matches.IsDefaultOrEmpty)
        {
            return $"has rule '{rule.Name}' without a match";
        }

        if (rule.Matches.FirstOrDefault(match => !match.Path.Value.StartsWith('/')) is { } relative)
        {
            return $"has rule '{rule.Name}' with the path '{relative.Path.Value}' that does not start with '/'";
        }

        if ((rule.RequestTimeout is { } timeout && !IsTime(timeout)) || (rule.BackendRequestTimeout is { } attempt && !IsTime(attempt)))
        {
            return $"has rule '{rule.Name}' with a timeout that is not between 0 and 20 days";
        }

        if (rule.Retry is { } retry && Retry(retry) is { } nonsense)
        {
            return $"has rule '{rule.Name}' with {nonsense}";
        }

        if (FilterCheck.Problem(rule) is { } filter)
        {
            return $"has rule '{rule.Name}' {filter}";
        }

        return rule.Action switch
        {
            RuleAction.Refuse or RuleAction.Redirect => null,
            RuleAction.Forward forward => Forward(forward, rule.Name, route),
            _ => $"has rule '{rule.Name}' with an action this gateway does not know",
        };
    }

    private static string? Retry(RetryRule retry)
    {
        if (retry.Attempts is < 1 or > RetryRule.MostAttempts || retry.Backoff <= TimeSpan.Zero || retry.Backoff > RetryRule.LongestBackoff)
        {
            return $"a retry that is not of 1 to {RetryRule.MostAttempts} attempts with a back-off of up to {RetryRule.LongestBackoff.TotalSeconds:0} s";
        }

        return retry.Codes.IsDefault || retry.Codes.Any(code => code is < 400 or > 599) ? "a retry on a status that is no failure" : null;
    }

    private static string? Forward(RuleAction.Forward forward, string rule, RouteEntry route)
    {
        if (forward.Backends.FirstOrDefault(to => to.Weight is < 0 or > WeightedBackend.MostWeight) is { } heavy)
        {
            return $"has rule '{rule}' with the weight {heavy.Weight}";
        }

        return forward.Backends.FirstOrDefault(to => route.Backends.All(backend => backend.Name != to.Backend)) is { } unknown
            ? $"has rule '{rule}' that forwards to the unknown backend '{unknown.Backend}'"
            : null;
    }

    private static bool IsTime(TimeSpan time) => time > TimeSpan.Zero && time <= LongestTime;

    private static bool IsPath(string path) => path.StartsWith('/') && path.All(c => c is > ' ' and <= '~' and not ('?' or '#'));

    private static bool IsHostname(string name)
    {
        var plain = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;

        return plain.Length is > 0 and <= 253 && plain.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_');
    }

    private static bool IsAddress(BackendEndpoint endpoint) =>
        endpoint.Port is > 0 and <= 65535
        && Uri.TryCreate(Backends.Backend.AddressOf(endpoint, BackendProtocol.Http11).Text, UriKind.Absolute, out var uri)
        && uri is { Port: var port, AbsolutePath: "/", UserInfo: "", Query: "", Fragment: "" } && port == endpoint.Port
        && Uri.CheckHostName(endpoint.Host) != UriHostNameType.Unknown;
}
