using System.Buffers;
using System.Text.Json;

namespace Portcullis.Operator.Cluster;

/// <summary>One line of a watch.</summary>
/// <param name="Kind">Decides what the object is: of the watched kind, or a Status.</param>
/// <param name="Object">Undefined when the line is malformed.</param>
internal sealed record WatchEvent(WatchEventKind Kind, JsonElement Object)
{
    private static readonly WatchEvent Malformed = new(WatchEventKind.Malformed, default);

    public static WatchEvent Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;

            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                && root.TryGetProperty("object", out var subject) && subject.ValueKind == JsonValueKind.Object
                && KindOf(type.GetString()) is { } kind
                    ? new WatchEvent(kind, subject.Clone())
                    : Malformed;
        }
        catch (JsonException)
        {
            return Malformed;
        }
    }

    private static WatchEventKind? KindOf(string? type) => type switch
    {
        "ADDED" => WatchEventKind.Added,
        "MODIFIED" => WatchEventKind.Modified,
        "DELETED" => WatchEventKind.Deleted,
        "BOOKMARK" => WatchEventKind.Bookmark,
        "ERROR" => WatchEventKind.Error,
        _ => null,
    };
}
