using System.Globalization;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>Who owns fields: one writer by one way of writing. Its time says when it last took or changed some.</summary>
internal sealed record FieldManager(string Name, string Operation, string ApiVersion, string Subresource)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    public static FieldManager Of(JsonNode entry) =>
        new(entry.Text("manager"), entry.Text("operation"), entry.Text("apiVersion"), entry.Text("subresource"));

    public JsonObject ToJson(FieldSet fields, string time)
    {
        var entry = new JsonObject
        {
            ["manager"] = Name,
            ["operation"] = Operation,
            ["apiVersion"] = ApiVersion,
            ["time"] = time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields.ToJson(),
        };
        if (Subresource.Length > 0)
        {
            entry["subresource"] = Subresource;
        }

        return entry;
    }

    /// <summary>As a conflict names it.</summary>
    public override string ToString() => Operation == Apply
        ? $"\"{Name}\""
        : string.Create(CultureInfo.InvariantCulture, $"\"{Name}\"{(Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "")} using {ApiVersion}");
}
