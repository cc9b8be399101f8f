using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>The shapes of custom resources, from the structural schema of their definition.</summary>
internal static class SchemaShapes
{
    public static FieldShape Of(SchemaNode schema, FieldShape metadata) => FieldShape.OfObject(() =>
    [
        .. schema.Properties.Where(property => property.Key is not ("apiVersion" or "kind" or "metadata")).Select(property => KeyValuePair.Create(property.Key, Of(property.Value))),
        KeyValuePair.Create("apiVersion", FieldShape.OfScalar(ScalarKind.Text)),
        KeyValuePair.Create("kind", FieldShape.OfScalar(ScalarKind.Text)),
        KeyValuePair.Create("metadata", metadata),
    ]);

    private static FieldShape Of(SchemaNode schema) => schema switch
    {
        { KeepsUnknownFields: true } => FieldShape.Anything,
        { Type: SchemaType.Array, IsSet: true } => FieldShape.OfList(() => Element(schema), ListKind.Set),
        { Type: SchemaType.Array, MapKeys.IsEmpty: false } => FieldShape.OfList(() => Element(schema), ListKind.Map, schema.MapKeys),
        { Type: SchemaType.Array } => FieldShape.OfList(() => Element(schema), ListKind.Atomic),
        { Type: SchemaType.Object, AdditionalProperties: { } values } => FieldShape.OfMap(() => Of(values)),
        { Type: SchemaType.Object } => FieldShape.OfObject(() => schema.Properties.Select(property => KeyValuePair.Create(property.Key, Of(property.Value)))),
        { Type: SchemaType.Integer } => FieldShape.OfScalar(ScalarKind.Integer),
        { Type: SchemaType.Boolean } => FieldShape.OfScalar(ScalarKind.Boolean),
        _ => FieldShape.OfScalar(ScalarKind.Text),
    };

    private static FieldShape? Element(SchemaNode list) => list.Items is { } items ? Of(items) : null;
}
