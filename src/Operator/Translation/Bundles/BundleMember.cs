using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>One certificate of a bundle.</summary>
public sealed record BundleMember
{
    /// <summary>Of the DER.</summary>
    public required Digest Sha256 { get; init; }

    public required MemberRole Role { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Canonical: lines of 64 characters, line feeds, nothing around the block.</summary>
    public required string Pem { get; init; }

    /// <summary>Names of the sources it came from, ordered; empty when that is not known any more.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    public bool IsExpired(DateTimeOffset now) => NotAfter < now;
}
