using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Leading;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>What an operator in a cluster is told.</summary>
internal sealed record ClusterOptions
{
    /// <summary>The operator's own.</summary>
    public required string Namespace { get; init; }

    /// <summary>The headless Service that gateways dial.</summary>
    public required string Service { get; init; }

    public required string Lease { get; init; }

    public required string AuthoritySecret { get; init; }

    public required string AuthorityConfigMap { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required IPEndPoint Health { get; init; }

    /// <summary>Of gateways' tokens.</summary>
    public required string Audience { get; init; }

    /// <summary>Empty means all.</summary>
    public ImmutableArray<string> WatchNamespaces { get; init; } = [];

    /// <summary>Whether pods of gateways are annotated, so that their kubelet mounts new trust at once.</summary>
    public bool TouchPods { get; init; } = true;

    public required ImmutableArray<DeclaredGateway> Gateways { get; init; }

    public ImmutableArray<DomainClaim> Domains { get; init; } = [];

    /// <summary><c>ip:port</c> that no backend may lead to, besides those the operator finds out.</summary>
    public ImmutableArray<string> ForbiddenEndpoints { get; init; } = [];

    public TranslationOptions Translation => new() { Gateways = Gateways, Domains = Domains, OperatorService = Own(Service), ForbiddenEndpoints = ForbiddenEndpoints };

    public LinkIdentityOptions Identity => new(Own(Service), Own(AuthoritySecret), Own(AuthorityConfigMap));

    public IEnumerable<AdmittedGateway> Admitted => Gateways.Select(gateway => new AdmittedGateway(gateway.Name, gateway.Namespace, gateway.ServiceAccount));

    public ElectionOptions ElectionOf(string podName) => new() { Lease = Own(Lease), Identity = ElectionOptions.IdentityOf(podName) };

    /// <summary>A route must not make a gateway talk to the API server (P10).</summary>
    public ClusterOptions Forbidding(Uri apiServer) => IPAddress.TryParse(apiServer.DnsSafeHost, out var address)
        ? this with { ForbiddenEndpoints = ForbiddenEndpoints.Add(new IPEndPoint(address, apiServer.Port).ToString()) }
        : this;

    private ResourceKey Own(string name) => new(Namespace, name);
}
