using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Filters;
using Portcullis.Gateway.Proxy.Forwarding;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Sessions;

namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>What becomes of a request, ready to be done.</summary>
internal abstract record CompiledRule
{
    private CompiledRule()
    {
    }

    /// <summary>Of its route.</summary>
    public RouteLoad Load { get; init; } = new("");

    /// <summary>Of its route; null when plain HTTP is redirected and nothing else is asked for.</summary>
    public FrontSettings? Front { get; init; }

    /// <summary>Whether it takes a path with an encoded slash.</summary>
    public bool KeepsEncodedSlashes { get; init; }

    /// <summary>Answered 503 with this code.</summary>
    public sealed record Refuse(string Code) : CompiledRule;

    /// <summary>Sent to one of the targets.</summary>
    /// <param name="Targets">Chosen from by weight.</param>
    /// <param name="RequestTimeout">Null when the route sets none.</param>
    /// <param name="Filters">Null when nothing is changed on the way.</param>
    public sealed record Forward(WeightedTargets Targets, TimeSpan? RequestTimeout, PreparedFilters? Filters) : CompiledRule
    {
        /// <summary>Of one attempt; null when the route sets none.</summary>
        public TimeSpan? BackendRequestTimeout { get; init; }

        /// <summary>Null when the route sets none.</summary>
        public RetryRule? Retry { get; init; }

        /// <summary>Null when no backend of the route keeps sessions.</summary>
        public RuleSessions? Sessions { get; init; }
    }

    /// <summary>Answered with another address.</summary>
    public sealed record Redirect(RedirectTarget Target) : CompiledRule;
}
