using System.Collections.Immutable;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Health;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>Every backend that is configured, and those that are no more but may still connect or be connected: their trust is kept up to date to the end (P4).</summary>
internal sealed class BackendSet(Connector connector, HealthLog health, TimeProvider time) : IDisposable
{
    private readonly Dictionary<BackendKey, Backend> configured = [];

    // A connection holds its backend, and so does a request that only waits to be sent, again or for the first time: neither can be counted as surely as it is
    // reached. What nobody holds any more cannot connect.
    private readonly List<WeakReference<Backend>> retired = [];

    public IEnumerable<BackendObservation> Observations =>
        configured.Values.SelectMany(backend => backend.Endpoints).Select(endpoint => endpoint.Observation).OfType<BackendObservation>();

    /// <summary>The route's backends by name, each as its configuration has it now.</summary>
    public Dictionary<string, Backend> Take(RouteEntry route, BundlesInForce bundles, ClientCertificates certificates) =>
        route.Backends.ToDictionary(
            backend => backend.Name, backend => Take(new BackendKey(route.Route, backend.Name), backend, bundles, certificates), StringComparer.Ordinal);

    /// <summary>Holds every backend to the trust in force, and shows it its certificate as it is now.</summary>
    public void Hold(BundlesInForce bundles, ClientCertificates certificates)
    {
        foreach (var backend in configured.Values.Concat(Retired()))
        {
            var trust = bundles.TrustOf(backend.Bundles);
            var drain = bundles.DrainOf(backend.Bundles, backend.Security.Drain);
            var certificate = certificates.Of(backend.Security.ClientCertificate?.Name);
            if (!ReferenceEquals(trust, backend.Security.Trust) || !ReferenceEquals(certificate, backend.Security.ClientCertificate) || drain != backend.Security.Drain)
            {
                backend.Hold(backend.Security with { Trust = trust, ClientCertificate = certificate, Drain = drain });
            }
        }
    }

    /// <summary>Lets go of what is in <paramref name="before"/> and not in <paramref name="after"/>. To be called when no new request can reach it.</summary>
    public void Retire(ImmutableArray<Backend> before, ImmutableArray<Backend> after)
    {
        foreach (var backend in before.Except(after))
        {
            configured.Remove(backend.Key);
            retired.Add(new WeakReference<Backend>(backend));
            backend.Dispose();
        }

        retired.RemoveAll(backend => !backend.TryGetTarget(out _));
    }

    /// <summary>Nothing is probed any more.</summary>
    public void Dispose()
    {
        foreach (var backend in configured.Values)
        {
            backend.Dispose();
        }
    }

    private IEnumerable<Backend> Retired()
    {
        foreach (var reference in retired)
        {
            if (reference.TryGetTarget(out var backend))
            {
                yield return backend;
            }
        }
    }

    private Backend Take(BackendKey key, BackendConfiguration configuration, BundlesInForce bundles, ClientCertificates certificates)
    {
        var known = configured.GetValueOrDefault(key);
        var trust = bundles.TrustOf(configuration.Tls.Bundles);
        var drain = bundles.DrainOf(configuration.Tls.Bundles, known?.Security.Drain);
        var security = BackendSecurity.Of(configuration.Tls, trust, certificates.Of(configuration.Tls.ClientCertificate), drain);

        if (known is null)
        {
            return configured[key] = new Backend(key, configuration, security, connector, health, time);
        }

        known.Configure(configuration, security);
        return known;
    }
}
