namespace Portcullis.Contract.Configuration;

/// <summary>An entry as it travels and as it is saved: bytes, their digest, and the lowest contract version that understands them.</summary>
public sealed record EncodedEntry(EntryKey Key, int MinimumVersion, ReadOnlyMemory<byte> Content, Digest Digest)
{
    /// <summary>The digest is the entry's identity; comparing bytes again would say nothing new.</summary>
    public bool Equals(EncodedEntry? other) => other is not null && Key == other.Key && Digest == other.Digest && MinimumVersion == other.MinimumVersion;

    public override int GetHashCode() => HashCode.Combine(Key, Digest);

    public override string ToString() => $"{Key} {Digest}";
}
