using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Portcullis.Contract.Configuration;

/// <summary>Entries to bytes and back. Equal entries give equal bytes; a field this version does not know refuses the entry instead of being ignored.</summary>
public static class EntryCodec
{
    public static EncodedEntry Encode(ConfigurationEntry entry)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(entry, ContractJson.Entry);

        return new EncodedEntry(entry.Key, MinimumVersion: 1, content, Digest.Of(content));
    }

    /// <summary>Refuses what is too new, altered on the way, not understood in every field, or filed under another key.</summary>
    public static bool TryDecode(EncodedEntry encoded, [NotNullWhen(true)] out ConfigurationEntry? entry, [NotNullWhen(false)] out EntryProblem? refusal)
    {
        entry = null;
        refusal = Refusal(encoded, out var decoded);

        if (refusal is null)
        {
            entry = decoded!;
        }

        return refusal is null;
    }

    private static EntryProblem? Refusal(EncodedEntry encoded, out ConfigurationEntry? decoded)
    {
        decoded = null;

        if (encoded.MinimumVersion > ContractVersion.Current)
        {
            return new EntryProblem(encoded.Key, $"needs contract version {encoded.MinimumVersion}, this gateway speaks {ContractVersion.Current}; upgrade the gateway");
        }

        if (Digest.Of(encoded.Content.Span) != encoded.Digest)
        {
            return new EntryProblem(encoded.Key, "its content does not have the digest it was announced with");
        }

        try
        {
            decoded = JsonSerializer.Deserialize(encoded.Content.Span, ContractJson.Entry);
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException)
        {
            // The message could quote content, and content may be a key (P9): the path is enough.
            return new EntryProblem(encoded.Key, $"is not understood at {(malformed as JsonException)?.Path ?? "$"}; upgrade the gateway");
        }

        return decoded?.Key == encoded.Key ? null : new EntryProblem(encoded.Key, "its content names another entry");
    }
}
