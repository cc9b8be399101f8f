using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>One attempt to connect: where to, and what was demanded when it began.</summary>
internal sealed record Attempt(LiveEndpoint Endpoint, PeerIdentity Identity, BackendSecurity Security)
{
    /// <summary>What is known before anything was sent.</summary>
    public Evidence Evidence { get; } = new()
    {
        Endpoint = Endpoint.Address.Authority,
        ServerNameSent = Identity.ServerName,
        NamesChecked = Identity.Names,
        Bundles = Security.Trust.Bundles,
    };

    public static Attempt Now(Backend backend, LiveEndpoint endpoint) => new(endpoint, backend.IdentityAt(endpoint), backend.Security);

    /// <param name="reason">Why nothing may be sent.</param>
    /// <param name="error">Its name in Proxy-Status.</param>
    /// <param name="detail">The one fact it turns on.</param>
    /// <param name="cause">Null when no exception was involved.</param>
    public BackendRefusedException Refuse(VerdictReason reason, string error, string? detail, Exception? cause = null) =>
        new(new ConnectRefusal(new Verdict.Refused(reason) { Evidence = Evidence with { Detail = detail } }, error), cause);
}
