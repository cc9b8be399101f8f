using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>The difference between two configurations.</summary>
public sealed record ConfigurationDelta(ImmutableArray<EncodedEntry> Upserts, ImmutableArray<EntryKey> Removed)
{
    public bool IsEmpty => Upserts.IsEmpty && Removed.IsEmpty;
}
