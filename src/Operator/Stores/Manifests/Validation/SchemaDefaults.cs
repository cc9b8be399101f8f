using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>
/// Completes a value as the API server does: a null field counts as absent, an absent field gets its default, and what a default brings is
/// completed in turn.
/// </summary>
internal static class SchemaDefaults
{
    public static void Fill(JsonNode? value, SchemaNode schema)
    {
        if (value is JsonArray items && schema.Items is { } itemSchema)
        {
            foreach (var item in items)
            {
                Fill(item, itemSchema);
            }
        }

        if (value is not JsonObject fields)
        {
            return;
        }

        foreach (var (name, field) in schema.Properties)
        {
            Settle(fields, name, field);
            Fill(fields[name], field);
        }
    }

    private static void Settle(JsonObject fields, string name, SchemaNode schema)
    {
        if (fields[name] is not null)
        {
            return;
        }

        fields.Remove(name);

        if (schema.Default is { } byDefault)
        {
            fields.Add(name, byDefault.DeepClone());
        }
    }
}
