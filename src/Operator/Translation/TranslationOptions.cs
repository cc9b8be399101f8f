using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation;

/// <summary>What the operator was told about its gateways.</summary>
public sealed record TranslationOptions
{
    public ImmutableArray<DeclaredGateway> Gateways { get; init; } = [new DeclaredGateway { Name = "default" }];

    /// <summary><c>ip:port</c> that no backend address may lead to, pushed to every gateway (P10).</summary>
    public ImmutableArray<string> ForbiddenEndpoints { get; init; } = [];
}

/// <summary>A gateway that routes may attach to.</summary>
public sealed record DeclaredGateway
{
    public required string Name { get; init; }

    /// <summary>A kubernetes.io/tls Secret; null when the gateway makes a self-signed certificate.</summary>
    public ResourceKey? DefaultCertificate { get; init; }

    /// <summary>Namespaces whose routes may attach; empty means all.</summary>
    public ImmutableArray<string> RouteNamespaces { get; init; } = [];
}
