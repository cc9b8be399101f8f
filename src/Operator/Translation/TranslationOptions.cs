using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation;

/// <summary>What the operator was told about its gateways.</summary>
public sealed record TranslationOptions
{
    public ImmutableArray<DeclaredGateway> Gateways { get; init; } = [new DeclaredGateway { Name = "default" }];

    /// <summary><c>ip:port</c> that no backend address may lead to, pushed to every gateway (P10).</summary>
    public ImmutableArray<string> ForbiddenEndpoints { get; init; } = [];

    /// <summary>The Service that gateways dial; null without a cluster. No backend address may lead to it.</summary>
    public ResourceKey? OperatorService { get; init; }

    /// <summary>What session cookies are sealed with; null while it is not known.</summary>
    public SessionKey? SessionKey { get; init; }

    /// <summary>Why it is not known and will not be before somebody acts, with what to do; null otherwise.</summary>
    public string? SessionKeyProblem { get; init; }

    /// <summary>Who may claim hostnames under which domain; a domain that no entry covers is anybody's.</summary>
    public ImmutableArray<DomainClaim> Domains { get; init; } = [];
}
