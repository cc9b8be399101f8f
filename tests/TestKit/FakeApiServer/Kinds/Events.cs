using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>Events have two faces, core/v1 and events.k8s.io/v1, over the same objects. They are kept in the newer form.</summary>
internal static class Events
{
    public const string Storage = "events.k8s.io/events";

    private static readonly ImmutableArray<(string Core, string Newer)> Names =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("source", "deprecatedSource"),
    ];

    public static JsonObject FromCore(JsonObject written) => Renamed(written, "events.k8s.io/v1", name => Names.FirstOrDefault(pair => pair.Core == name).Newer);

    public static JsonObject ToCore(JsonObject stored) => Renamed(stored, "v1", name => Names.FirstOrDefault(pair => pair.Newer == name).Core);

    public static void CompleteCore(JsonObject written)
    {
        written.Fill("source", new JsonObject());
        written.Fill("reportingComponent", "");
        written.Fill("reportingInstance", "");
    }

    public static IEnumerable<FieldFault> CheckCore(JsonObject written, JsonObject? before) => Namespace(written, "involvedObject");

    public static IEnumerable<FieldFault> Check(JsonObject written, JsonObject? before)
    {
        if (written.Text("eventTime").Length == 0)
        {
            yield return FieldFault.Required("eventTime");
        }

        foreach (var field in new[] { "reportingController", "reportingInstance", "action", "reason" }.Where(field => written.Text(field).Length == 0))
        {
            yield return FieldFault.Required(field);
        }

        foreach (var field in new[] { "reportingInstance", "action", "reason" }.Where(field => written.Text(field).Length > 128))
        {
            yield return FieldFault.Invalid(field, "\"\"", "can have at most 128 characters");
        }

        if (written.Text("note").Length > 1024)
        {
            yield return FieldFault.Invalid("message", "\"\"", "can have at most 1024 characters");
        }

        if (written.Text("type") is not ("Normal" or "Warning"))
        {
            yield return FieldFault.Invalid("type", "\"\"", $"has invalid value: {written.Text("type")}");
        }

        if (written["series"] is { } series && series.Number("count") is null or < 2)
        {
            yield return FieldFault.Invalid("series.count", "\"\"", "should be at least 2");
        }

        foreach (var fault in Namespace(written, "regarding"))
        {
            yield return fault;
        }
    }

    /// <summary>An event of the newer form need only not be homeless; the older form lives where what it is about lives.</summary>
    private static IEnumerable<FieldFault> Namespace(JsonObject written, string regarding)
    {
        var about = written.Text(regarding, "namespace");
        var own = written.Text("metadata", "namespace");
        var isHome = about.Length == 0
            ? own is "default" or "kube-system"
            : written.Text("eventTime").Length > 0 || about == own;

        return isHome ? [] : [FieldFault.Invalid("involvedObject.namespace", $"\"{about}\"", "does not match event.namespace")];
    }

    private static JsonObject Renamed(JsonObject from, string apiVersion, Func<string, string?> other)
    {
        var renamed = new JsonObject();
        foreach (var (name, value) in from)
        {
            renamed[other(name) ?? name] = value?.DeepClone();
        }

        renamed["apiVersion"] = apiVersion;
        return renamed;
    }
}
