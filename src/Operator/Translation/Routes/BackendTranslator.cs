using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Bundles;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>A declared backend of a valid spec → addresses, identities and bundles, or problems of its references.</summary>
internal static class BackendTranslator
{
    public static BackendDraft Translate(Backend backend, ResourceKey route, string field, References references)
    {
        var ns = route.Namespace;
        var (problems, notices) = (new List<Problem>(), new List<Problem>());
        var endpoints = Endpoints(backend, ns, field, references, problems);
        var bundles = Bundles(backend.Tls.Validation, ns, $"{field}.tls.validation", references, problems);
        var certificate = backend.Tls.ClientCertificateRef is { } reference
            ? references.Certificates.ForBackend(reference, ns, $"{field}.tls.clientCertificateRef.name", problems, notices)
            : null;
        var configuration = new BackendConfiguration
        {
            Name = backend.Name,
            Endpoints = endpoints,
            Tls = new BackendTls
            {
                Bundles = bundles,
                PublicKeyPins = [.. backend.Tls.Validation.PublicKeyPins.Distinct()],
                MaxIntermediates = backend.Tls.Validation.MaxIntermediates,
                ClientCertificate = certificate,
                MinimumVersion = backend.Tls.Validation.MinTLSVersion == "1.3" ? TlsVersion.Tls13 : TlsVersion.Tls12,
            },
            Protocol = ProtocolOf(backend.Protocol),
            HostHeader = HostHeaderOf(backend.HostHeader),
            LoadBalancing = LoadBalancingOf(backend.LoadBalancing),
            Connections = ConnectionsOf(backend.Connections),
            Health = HealthTranslator.Translate(backend.HealthCheck),
            Session = SessionTranslator.Translate(backend.SessionPersistence, route, backend.Name),
        };

        return problems.Count == 0
            ? new BackendDraft(configuration, [], [.. notices])
            : new BackendDraft(
                configuration with { Endpoints = [], Tls = configuration.Tls with { Bundles = Named(backend.Tls.Validation, ns, references) } },
                [.. problems],
                [.. notices]);
    }

    /// <summary>A backend always names bundles. Of those it may not use only the name is left, in its own namespace.</summary>
    private static ImmutableArray<ResourceKey> Named(Validation validation, string ns, References references) =>
    [
        .. validation.CaCertificateRefs
            .Select(reference => new ResourceKey(reference.Namespace ?? ns, reference.Name))
            .Select(key => references.Grants.Permit(ns, TrustBundle.Group, TrustBundle.KindName, key) ? key : key with { Namespace = ns })
            .Distinct()
            .Order(),
    ];

    private static ImmutableArray<BackendEndpoint> Endpoints(Backend backend, string ns, string field, References references, List<Problem> problems)
    {
        var validation = backend.Tls.Validation;

        return backend.ServiceRef is { } service
            ?
            [
                .. ServiceEndpoints.Find(service, ns, Leaving(backend), $"{field}.serviceRef", references, problems)
                    .Select(address => Endpoint(address.Host, address.Port, validation, ownName: null) with { IsLeaving = address.IsLeaving ? true : null }),
            ]
            : [.. backend.Endpoints.Select(endpoint => Declared(endpoint, validation)).DistinctBy(endpoint => (endpoint.Host, endpoint.Port))];
    }

    // A pod that is told to end still answers for a while: whoever has a session there would lose it for nothing.
    private static LeavingEndpoints Leaving(Backend backend) => backend.SessionPersistence is null ? LeavingEndpoints.WhenNoneIsReady : LeavingEndpoints.AsWell;

    private static BackendEndpoint Declared(Resources.Endpoint endpoint, Validation validation) =>
        endpoint.Hostname is { } name
            ? Endpoint(HostName.Normal(name), endpoint.Port, validation, HostName.Normal(name))
            : Endpoint(IPAddress.Parse(endpoint.Ip!).ToString(), endpoint.Port, validation, ownName: null);

    private static BackendEndpoint Endpoint(string host, int port, Validation validation, string? ownName) => new()
    {
        Host = host,
        Port = port,
        Identity = new PeerIdentity { ServerName = ServerName(validation, ownName), Names = Names(validation, ownName) },
    };

    /// <summary>A backend that is known by addresses alone is not asked for by name, unless the route says so (RFC 6066 knows no addresses).</summary>
    private static string? ServerName(Validation validation, string? ownName)
    {
        if (validation.Hostname is { } name)
        {
            return HostName.Normal(name);
        }

        var isKnownByAddress = !validation.SubjectAltNames.IsEmpty && validation.SubjectAltNames.All(subject => subject.Type == SubjectAltNameType.IPAddress);
        return isKnownByAddress ? null : ownName;
    }

    /// <summary>Never empty in a valid spec: subjectAltNames, else hostname, else the endpoint's own name.</summary>
    private static ImmutableArray<SubjectName> Names(Validation validation, string? ownName)
    {
        if (!validation.SubjectAltNames.IsEmpty)
        {
            return [.. validation.SubjectAltNames.Select(Name).Distinct()];
        }

        return (validation.Hostname ?? ownName) is { } name ? [new SubjectName(SubjectNameKind.Dns, HostName.Normal(name))] : [];
    }

    private static SubjectName Name(SubjectAltName subject) => subject.Type switch
    {
        SubjectAltNameType.Hostname => new SubjectName(SubjectNameKind.Dns, HostName.Normal(subject.Hostname!)),
        SubjectAltNameType.URI => new SubjectName(SubjectNameKind.Uri, subject.Uri!),
        _ => new SubjectName(SubjectNameKind.Ip, IPAddress.Parse(subject.IpAddress!).ToString()),
    };

    private static ImmutableArray<ResourceKey> Bundles(Validation validation, string ns, string field, References references, List<Problem> problems)
    {
        var inForce = ImmutableArray.CreateBuilder<ResourceKey>();
        var empty = new List<(string Field, ResourceKey Key)>();
        var before = problems.Count;

        foreach (var (reference, index) in validation.CaCertificateRefs.Select((reference, index) => (reference, index)))
        {
            var at = $"{field}.caCertificateRefs[{index}]";
            var key = new ResourceKey(reference.Namespace ?? ns, reference.Name);

            switch (Find(reference, key, ns, at, references, problems))
            {
                case BundleState.InForce:
                    inForce.Add(key);
                    break;
                case BundleState.Empty:
                    empty.Add((at, key));
                    break;
                case BundleState.NotRead:
                    problems.Add(RouteProblems.BundleNotRead(at, key));
                    break;
                case BundleState.Unknown:
                    problems.Add(RouteProblems.BundleNotUsable(at, key));
                    break;
            }
        }

        // A bundle that is readable and holds no anchor adds nothing to what the others allow; only if all are so, nothing is left to verify against.
        if (inForce.Count == 0 && problems.Count == before)
        {
            problems.AddRange(empty.Select(bundle => RouteProblems.BundleNotUsable(bundle.Field, bundle.Key)));
        }

        return [.. inForce.Distinct().Order()];
    }

    /// <summary>Null when the reference leads nowhere; the problem is added.</summary>
    private static BundleState? Find(CaCertificateRef reference, ResourceKey key, string ns, string field, References references, List<Problem> problems)
    {
        if (reference.Group != TrustBundle.Group || reference.Kind != TrustBundle.KindName)
        {
            problems.Add(RouteProblems.KindNotUsable($"{field}.kind", reference));
            return null;
        }

        if (references.Forbids(ns, TrustBundle.Group, TrustBundle.KindName, key, field) is { } forbidden)
        {
            problems.Add(forbidden);
            return null;
        }

        if (!references.Bundles.TryGetValue(key, out var state))
        {
            problems.Add(references.FaultOf(TrustBundle.KindName, key) is { } fault
                ? ReadFaults.Of(fault, $"{field}.name", TrustBundle.KindName, key)
                : RouteProblems.BundleNotFound(
                    $"{field}.name",
                    key,
                    references.Bundles.Keys.Where(bundle => bundle.Namespace == ns && key.Namespace == ns)));
            return null;
        }

        return state;
    }

    private static BackendProtocol ProtocolOf(Protocol protocol) => protocol switch
    {
        Protocol.HTTP11 => BackendProtocol.Http11,
        Protocol.HTTP2 => BackendProtocol.Http2,
        _ => BackendProtocol.Grpc,
    };

    private static HostHeader HostHeaderOf(HostHeaderSpec? header) => header?.Type switch
    {
        HostHeaderType.Backend => new HostHeader.Backend(),
        HostHeaderType.Literal => new HostHeader.Literal(header.Value ?? ""),
        _ => new HostHeader.Preserve(),
    };

    private static LoadBalancing LoadBalancingOf(LoadBalancingSpec? spec) => spec?.Type switch
    {
        LoadBalancingType.RoundRobin => LoadBalancing.RoundRobin,
        LoadBalancingType.LeastRequests => LoadBalancing.LeastRequests,
        LoadBalancingType.Random => LoadBalancing.Random,
        _ => LoadBalancing.PowerOfTwoChoices,
    };

    private static ConnectionSettings ConnectionsOf(ConnectionsSpec? spec)
    {
        var defaults = new ConnectionSettings();

        return new ConnectionSettings
        {
            ConnectTimeout = Duration.TryParse(spec?.ConnectTimeout, out var connect) ? connect : defaults.ConnectTimeout,
            IdleTimeout = Duration.TryParse(spec?.IdleTimeout, out var idle) ? idle : defaults.IdleTimeout,
            MaximumLifetime = Duration.TryParse(spec?.MaxLifetime, out var lifetime) ? lifetime : defaults.MaximumLifetime,
            MaximumPerEndpoint = spec?.MaxPerEndpoint ?? defaults.MaximumPerEndpoint,
        };
    }
}
