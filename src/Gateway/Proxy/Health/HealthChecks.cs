using Microsoft.AspNetCore.Http;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Portcullis.Gateway.Proxy.Health;

/// <summary>The health checks of one backend: its probers, and what requests say. Configured by one thread at a time.</summary>
internal sealed class HealthChecks(HttpMessageInvoker client, HealthLog log, TimeProvider time) : IDisposable
{
    private readonly Dictionary<LiveEndpoint, Prober> probers = [];
    private volatile ProbePlan? plan;
    private volatile bool countsRequests;
    private volatile LiveEndpoint[] endpoints = [];

    public bool IsProbing => plan is not null;

    /// <summary>Takes a configuration over. Endpoints that stay keep their state, and their probes go on unless the plan has changed.</summary>
    public void Configure(BackendConfiguration configuration, IEnumerable<LiveEndpoint> configured)
    {
        var next = ProbePlan.Of(configuration);
        endpoints = [.. configured];
        Stop(next == plan ? probers.Keys.Except(endpoints) : probers.Keys);
        plan = next;
        countsRequests = configuration.Health?.RequestFailures == RequestFailures.Count;

        foreach (var endpoint in endpoints)
        {
            if (!countsRequests)
            {
                endpoint.Health.ForgetRequests();
            }

            if (plan is null)
            {
                endpoint.Health.ForgetProbes();
            }
            else if (!probers.ContainsKey(endpoint))
            {
                probers[endpoint] = new Prober(client, endpoint, plan, Probed, time);
            }
        }
    }

    /// <summary>Takes down how a request ended there.</summary>
    public void RequestEnded(LiveEndpoint endpoint, ForwarderError error, HttpContext context)
    {
        if (countsRequests && HasFailed(error, context) is { } failed)
        {
            Tell(endpoint, endpoint.Health.Requested(failed), $"too many requests failed on the way; it is tried again after {EndpointHealth.LeftOutFor.TotalSeconds:0} s");
        }
    }

    public void Dispose() => Stop(probers.Keys);

    /// <summary>Null when it says nothing about the endpoint.</summary>
    private static bool? HasFailed(ForwarderError error, HttpContext context) => error switch
    {
        ForwarderError.None => false,
        _ when context.RequestAborted.IsCancellationRequested => null,
        _ when CauseOf.Has<EndpointBusyException>(context.Features.Get<IForwarderErrorFeature>()?.Exception) => null,
        ForwarderError.RequestCanceled => ForwardedRequest.Of(context).Deadline is { HasPassed: true } or { AttemptHasPassed: true } ? true : null,
        ForwarderError.Request
            or ForwarderError.RequestTimedOut
            or ForwarderError.RequestBodyDestination
            or ForwarderError.ResponseBodyDestination
            or ForwarderError.ResponseHeaders
            or ForwarderError.UpgradeRequestDestination
            or ForwarderError.UpgradeResponseDestination => true,
        _ => null,
    };

    private void Probed(LiveEndpoint endpoint, string? failure)
    {
        Tell(endpoint, endpoint.Health.Probed(failure is null), $"its probes fail: {failure}");
        log.Probed(endpoint, failure);
    }

    private void Tell(LiveEndpoint endpoint, HealthChange change, string why)
    {
        if (change == HealthChange.WentOut)
        {
            log.WentOut(endpoint, why, isLast: Array.TrueForAll(endpoints, other => other.Health.IsOut));
        }
        else if (change == HealthChange.CameBack)
        {
            log.CameBack(endpoint);
        }
    }

    private void Stop(IEnumerable<LiveEndpoint> leaving)
    {
        foreach (var endpoint in leaving.ToList())
        {
            probers.Remove(endpoint, out var prober);
            prober?.Dispose();
        }
    }
}
