using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>Asks each rule of a schema about each value it is for.</summary>
internal static class RuleCheck
{
    public static IEnumerable<RuleAnswer> Evaluate(JsonNode value, SchemaNode schema) => Evaluate(value, schema, FieldPath.Root, FieldPath.Root);

    private static IEnumerable<RuleAnswer> Evaluate(JsonNode value, SchemaNode schema, string path, string schemaPath)
    {
        foreach (var rule in schema.Rules)
        {
            yield return new RuleAnswer(schemaPath, rule, rule.Holds(value), new FieldProblem(path + rule.FieldPath, $"{rule.Message}."));
        }

        foreach (var (child, childSchema, childPath, childSchemaPath) in Children(value, schema, path, schemaPath))
        {
            foreach (var answer in Evaluate(child, childSchema, childPath, childSchemaPath))
            {
                yield return answer;
            }
        }
    }

    private static IEnumerable<(JsonNode Value, SchemaNode Schema, string Path, string SchemaPath)> Children(
        JsonNode value, SchemaNode schema, string path, string schemaPath) => value switch
        {
            JsonObject fields => schema.Properties
                .Where(property => fields[property.Key] is not null)
                .Select(property => (fields[property.Key]!, property.Value, FieldPath.Field(path, property.Key), FieldPath.Field(schemaPath, property.Key))),
            JsonArray items when schema.Items is { } itemSchema => items
                .Select((item, index) => (item!, itemSchema, FieldPath.Item(path, index), $"{schemaPath}[]")),
            _ => [],
        };
}
