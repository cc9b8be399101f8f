using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Translation.Gateways;

namespace Portcullis.Operator.Translation;

/// <summary>All that follows from one snapshot.</summary>
public sealed record TranslationResult
{
    /// <summary>By name of the declared gateway; each holds only entries that name it.</summary>
    public required ImmutableSortedDictionary<string, GatewayConfiguration> Configurations { get; init; }

    /// <summary>What is to be mounted.</summary>
    public required BundlePublication Publication { get; init; }

    public required ImmutableSortedDictionary<ResourceKey, TranslatedRoute> Routes { get; init; }

    public required ImmutableSortedDictionary<ResourceKey, TranslatedBundle> TrustBundles { get; init; }

    public required ImmutableSortedDictionary<string, TranslatedGateway> Gateways { get; init; }

    /// <summary>By Secret: the certificates that routes bring, remembered for the next translation.</summary>
    public required ImmutableSortedDictionary<ResourceKey, ReadCertificate> Certificates { get; init; }

    /// <summary>When time alone changes the result (a rollout's patience ends, a certificate expires); null when it does not.</summary>
    public required DateTimeOffset? TranslateAgainAt { get; init; }
}
