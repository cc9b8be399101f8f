namespace Portcullis.Operator.Stores.Manifests.Validation;

internal enum SchemaType
{
    Object,
    Array,
    String,
    Integer,
    Boolean,
}
