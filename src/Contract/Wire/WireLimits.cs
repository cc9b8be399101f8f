namespace Portcullis.Contract.Wire;

/// <summary>How much may travel in one message, in either direction.</summary>
public static class WireLimits
{
    /// <summary>Entries are gathered into messages of at most this size; a single larger entry gets a message of its own.</summary>
    public const int ChunkBytes = 1 << 20;

    /// <summary>Both ends set this limit explicitly: gRPC's own default (4 MiB) is less than one large route may need.</summary>
    public const int MessageBytes = 16 << 20;
}
