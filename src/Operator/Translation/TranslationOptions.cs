using System.Collections.Immutable;

namespace Portcullis.Operator.Translation;

/// <summary>What the operator was told about its gateways.</summary>
public sealed record TranslationOptions
{
    public ImmutableArray<DeclaredGateway> Gateways { get; init; } = [new DeclaredGateway { Name = "default" }];

    /// <summary><c>ip:port</c> that no backend address may lead to, pushed to every gateway (P10).</summary>
    public ImmutableArray<string> ForbiddenEndpoints { get; init; } = [];

    /// <summary>Who may claim hostnames under which domain; a domain that no entry covers is anybody's.</summary>
    public ImmutableArray<DomainClaim> Domains { get; init; } = [];
}
