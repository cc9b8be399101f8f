using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Portcullis.Operator.Leading;

/// <summary>A Lease as it was read. What this program does not know of it is written back unchanged.</summary>
internal sealed record LeaseReading(JsonObject Object)
{
    public const string EpochAnnotation = "portcullis.dev/epoch";

    /// <summary>Empty when nobody holds it.</summary>
    public string Holder => Text("spec", "holderIdentity") ?? "";

    public string ResourceVersion => Text("metadata", "resourceVersion") ?? "";

    /// <summary>Tells a Lease from its successor of the same name.</summary>
    public string Uid => Text("metadata", "uid") ?? "";

    public int Transitions => Number("leaseTransitions") ?? 0;

    /// <summary>What its holder promised to renew within.</summary>
    public TimeSpan? Duration => Number("leaseDurationSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>As it is written; null when it is not there.</summary>
    public string? EpochText => (Object["metadata"]?["annotations"] as JsonObject)?[EpochAnnotation] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>0 when there is none, or none that can be read.</summary>
    public long Epoch => long.TryParse(EpochText, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch < long.MaxValue ? epoch : 0;

    public static LeaseReading From(JsonElement body) =>
        new(JsonObject.Create(body) ?? throw new InvalidDataException("The API server answered a request for a Lease with something that is no object."));

    private string? Text(string part, string field) => Object[part]?[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private int? Number(string field) => Object["spec"]?[field] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
