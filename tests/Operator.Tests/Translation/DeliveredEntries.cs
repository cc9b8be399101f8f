using Portcullis.Contract.Configuration;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>What a translation gives the gateway <c>default</c>.</summary>
internal static class DeliveredEntries
{
    /// <summary>Null when it is not delivered, or not as a gateway can read it.</summary>
    public static ConfigurationEntry? Delivered(this TranslationResult result, EntryKey key) =>
        result.Configurations["default"].Entries.TryGetValue(key, out var encoded) && EntryCodec.TryDecode(encoded, out var entry, out _) ? entry : null;
}
