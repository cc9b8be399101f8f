using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Leading;
using Portcullis.Operator.Stores.Kubernetes;
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

    public required string SessionSecret { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required IPEndPoint Health { get; init; }

    /// <summary>Of gateways' tokens.</summary>
    public required string Audience { get; init; }

    /// <summary>The ClusterRole that lets the operator read Secrets of a namespace once it is bound there, for the commands that bind it.</summary>
    public string SecretReader { get; init; } = ClusterWatchOptions.UsualSecretReader;

    /// <summary>Empty means all.</summary>
    public ImmutableArray<string> WatchNamespaces { get; init; } = [];

    /// <summary>Whether pods of gateways are annotated, so that their kubelet mounts new trust at once.</summary>
    public bool TouchPods { get; init; } = true;

    public required ImmutableArray<DeclaredGateway> Gateways { get; init; }

    public ImmutableArray<DomainClaim> Domains { get; init; } = [];

    /// <summary><c>ip:port</c> that no backend may lead to, besides those the operator finds out.</summary>
    public ImmutableArray<string> ForbiddenEndpoints { get; init; } = [];

    public ResourceKey OwnService => Own(Service);

    public TranslationOptions Translation => new() { Gateways = Gateways, OperatorService = OwnService, Domains = Domains, ForbiddenEndpoints = ForbiddenEndpoints };

    public LinkIdentityOptions Identity => new(OwnService, Own(AuthoritySecret), Own(AuthorityConfigMap));

    /// <summary>Where the key of session cookies is kept.</summary>
    public ResourceKey SessionSecretKey => Own(SessionSecret);

    public IEnumerable<AdmittedGateway> Admitted => Gateways.Select(gateway => new AdmittedGateway(gateway.Name, gateway.Namespace, gateway.ServiceAccount));

    public ElectionOptions ElectionOf(string podName) => new() { Lease = Own(Lease), Identity = ElectionOptions.IdentityOf(podName) };

    /// <summary>A route must not make a gateway talk to the API server (P10).</summary>
    public ClusterOptions Forbidding(Uri apiServer) => IPAddress.TryParse(apiServer.DnsSafeHost, out var address)
        ? this with { ForbiddenEndpoints = ForbiddenEndpoints.Add(new IPEndPoint(address, apiServer.Port).ToString()) }
        : this;

    private ResourceKey Own(string name) => new(Namespace, name);
}
