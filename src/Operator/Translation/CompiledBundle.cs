using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation;

/// <summary>
/// One TrustBundle as gateways mount it. Same certificates, same bytes, same digest: anchors first, then intermediates, each group ordered by
/// the SHA-256 of its DER.
/// </summary>
public sealed record CompiledBundle
{
    public required ResourceKey Key { get; init; }

    /// <summary>Canonical PEM, written to <c>namespace.name.pem</c>.</summary>
    public required string Pem { get; init; }

    /// <summary>Of the UTF-8 bytes of <see cref="Pem"/>.</summary>
    public required Digest Digest { get; init; }

    /// <summary>SHA-256 of the DER of each certificate that may anchor, ordered.</summary>
    public required ImmutableArray<Digest> Anchors { get; init; }
}
