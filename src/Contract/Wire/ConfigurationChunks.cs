using Google.Protobuf;
using Portcullis.Contract.Configuration;

namespace Portcullis.Contract.Wire;

/// <summary>A configuration as messages: all of it, or what is new to somebody who holds another one.</summary>
public static class ConfigurationChunks
{
    /// <param name="configuration">What is to be held afterwards.</param>
    /// <param name="held">Null when the other end holds nothing that is known here: then everything is sent.</param>
    public static IEnumerable<ConfigurationChunk> Of(VersionedConfiguration configuration, GatewayConfiguration? held)
    {
        var delta = configuration.Configuration.Since(held ?? GatewayConfiguration.Empty);
        var chunk = Start(configuration, held);
        var size = 0;

        foreach (var (part, bytes) in Parts(delta))
        {
            if (size > 0 && size + bytes > WireLimits.ChunkBytes)
            {
                yield return chunk;
                chunk = Start(configuration, held);
                size = 0;
            }

            Add(chunk, part);
            size += bytes;
        }

        chunk.Last = true;
        yield return chunk;
    }

    private static ConfigurationChunk Start(VersionedConfiguration configuration, GatewayConfiguration? held) => new()
    {
        Epoch = configuration.Version.Epoch,
        Sequence = configuration.Version.Sequence,
        Revision = configuration.Configuration.Revision.ToString(),
        BaseRevision = held?.Revision.ToString() ?? "",
    };

    private static IEnumerable<(object Part, int Bytes)> Parts(ConfigurationDelta delta) =>
    [
        .. delta.Upserts.Select(upsert => ToWire(upsert)).Select(entry => ((object)entry, entry.CalculateSize())),
        .. delta.Removed.Select(key => key.ToString()).Select(key => ((object)key, key.Length)),
    ];

    private static void Add(ConfigurationChunk chunk, object part)
    {
        if (part is Entry entry)
        {
            chunk.Upserts.Add(entry);
        }
        else
        {
            chunk.Removed.Add((string)part);
        }
    }

    private static Entry ToWire(EncodedEntry entry) => new()
    {
        Key = entry.Key.ToString(),
        MinimumVersion = entry.MinimumVersion,

        // Entries are never changed after they were made, so the bytes need not be copied for every gateway.
        Content = UnsafeByteOperations.UnsafeWrap(entry.Content),
        Digest = entry.Digest.ToString(),
    };
}
