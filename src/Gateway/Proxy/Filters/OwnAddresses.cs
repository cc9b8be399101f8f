using System.Collections.Frozen;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>The names and addresses under which the backends of one rule may speak of themselves. Everybody else is foreign.</summary>
internal sealed class OwnAddresses
{
    private readonly FrozenSet<(string Host, int Port)> endpoints;
    private readonly FrozenSet<string> hosts;

    private OwnAddresses(FrozenSet<(string Host, int Port)> endpoints)
    {
        this.endpoints = endpoints;
        hosts = endpoints.Select(endpoint => endpoint.Host).ToFrozenSet(StringComparer.Ordinal);
    }

    public static OwnAddresses Of(IEnumerable<BackendConfiguration> backends) => new(
        backends.SelectMany(backend => backend.Endpoints).SelectMany(Of).ToFrozenSet());

    /// <param name="authority">Of a URL in a response.</param>
    /// <param name="scheme">Of that URL.</param>
    /// <param name="hostSent">The Host header that the backend received: what it was called, it may call itself.</param>
    public bool Contain(Authority authority, string scheme, string hostSent)
    {
        var wellKnown = scheme == "http" ? 80 : 443;
        if (endpoints.Contains((authority.Host, authority.Port ?? wellKnown)))
        {
            return true;
        }

        return Authority.TryParse(hostSent, out var sent) && sent.Host == authority.Host && Written(sent.Port, wellKnown) == Written(authority.Port, wellKnown);
    }

    /// <summary>Whether a cookie of this domain is for a backend's own host, or for a domain that its host is in.</summary>
    public bool AreIn(string domain, string hostSent) =>
        hosts.Any(host => IsIn(host, domain)) || (Authority.TryParse(hostSent, out var sent) && IsIn(sent.Host, domain));

    public static bool IsIn(string host, string domain) =>
        host == domain || (host.Length > domain.Length && host.EndsWith(domain, StringComparison.Ordinal) && host[^(domain.Length + 1)] == '.');

    private static int? Written(int? port, int wellKnown) => port == wellKnown ? null : port;

    private static IEnumerable<(string Host, int Port)> Of(BackendEndpoint endpoint)
    {
        var verified = endpoint.Identity.Names
            .Where(name => name.Kind is not SubjectNameKind.Uri && !name.Value.Contains('*', StringComparison.Ordinal))
            .Select(name => name.Value);
        string?[] known = [endpoint.Host, endpoint.Identity.ServerName, .. verified];

        return known.OfType<string>().Select(name => (Authority.Normal(name), endpoint.Port));
    }
}
