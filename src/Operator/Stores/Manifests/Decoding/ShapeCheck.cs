using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Stores.Manifests.Decoding;

/// <summary>
/// Finds fields that a type does not have, and list entries without a value. The serializer would stop at the first unknown field without saying
/// where, and let an empty entry pass; whoever misspelt two fields should learn of both.
/// </summary>
internal static class ShapeCheck
{
    public static IEnumerable<FieldProblem> Of(JsonNode? value, Type type) => In(value, type, FieldPath.Root);

    private static IEnumerable<FieldProblem> In(JsonNode? value, Type type, string path)
    {
        var info = ResourceJson.Lenient.GetTypeInfo(type);

        return (value, info.Kind) switch
        {
            (JsonObject fields, JsonTypeInfoKind.Object) => fields.SelectMany(field => InField(field.Value, field.Key, info, path)),
            (JsonObject entries, JsonTypeInfoKind.Dictionary) => entries.SelectMany(entry => In(entry.Value, Element(type), FieldPath.Field(path, entry.Key))),
            (JsonArray items, JsonTypeInfoKind.Enumerable) => items.SelectMany((item, index) => InEntry(item, Element(type), FieldPath.Item(path, index))),
            _ => [],
        };
    }

    private static IEnumerable<FieldProblem> InEntry(JsonNode? item, Type type, string path) =>
        item is null ? [new FieldProblem(path, "has no value. Give it one, or remove it.")] : In(item, type, path);

    private static IEnumerable<FieldProblem> InField(JsonNode? value, string name, JsonTypeInfo info, string path)
    {
        var fieldPath = FieldPath.Field(path, name);

        return info.Properties.FirstOrDefault(property => property.Name == name) is { } known
            ? In(value, known.PropertyType, fieldPath)
            : [new FieldProblem(fieldPath, $"is an unknown field. Remove it; known here are: {string.Join(", ", info.Properties.Select(property => property.Name))}.")];
    }

    /// <summary>What a list or a map holds: the last of its type arguments.</summary>
    private static Type Element(Type type) => type.IsArray ? type.GetElementType()! : type.GenericTypeArguments[^1];
}
