using System.Collections.Immutable;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Translation.Gateways;

namespace Portcullis.Operator.Translation;

/// <summary>What became of one declared gateway, and what the next translation must remember of it.</summary>
public sealed record TranslatedGateway
{
    public required string Name { get; init; }

    /// <summary>Of its declaration; no resource carries them.</summary>
    public required ImmutableArray<Problem> Problems { get; init; }

    /// <summary>Null when none was declared or none could be read so far.</summary>
    public CertificateEntry? DefaultCertificate { get; init; }

    public required RevisionHistory History { get; init; }

    /// <summary>Which bundles it is sent.</summary>
    public BundleUse BundleUse { get; init; } = BundleUse.None;
}
