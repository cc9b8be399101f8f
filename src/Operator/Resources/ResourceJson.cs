using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Portcullis.Operator.Resources;

/// <summary>
/// How resources are read and written as JSON. By reflection on purpose: the source generator treats init-only members as constructor
/// arguments and replaces the default of an absent one by zero, so that an absent list would be an uninitialised array.
/// </summary>
public static class ResourceJson
{
    /// <summary>For what users write: a field that no type knows is a mistake.</summary>
    public static JsonSerializerOptions Strict { get; } = Options(JsonUnmappedMemberHandling.Disallow);

    /// <summary>For what the API server sends: it has validated already, and a newer one may know more fields.</summary>
    public static JsonSerializerOptions Lenient { get; } = Options(JsonUnmappedMemberHandling.Skip);

    private static JsonSerializerOptions Options(JsonUnmappedMemberHandling unknownFields)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = unknownFields,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutEmpty } },
            Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        };

        options.MakeReadOnly();
        return options;
    }

    /// <summary>An empty list is an absent one: the schema wants at least one entry where a list is written.</summary>
    private static void LeaveOutEmpty(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => IsImmutable(property.PropertyType)))
        {
            property.ShouldSerialize = (_, value) => value is IEnumerable entries && !IsEmpty(entries);
        }
    }

    private static bool IsImmutable(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) || type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>));

    private static bool IsEmpty(IEnumerable entries) => entries is ICollection { Count: 0 };
}
