using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Tests.Resources;

/// <summary>Holds the C# types and the CRDs to each other, in both directions.</summary>
public sealed class CustomResourceDefinitionTests
{
    // Texts with a closed set of values that are no names in C#, or that no code branches on.
    private static readonly ImmutableHashSet<string> ClosedTexts =
    [
        "BackendRoute.spec.rules[].matches[].method",
        "BackendRoute.spec.rules[].filters[].requestRedirect.scheme",
        "BackendRoute.spec.backends[].tls.validation.minTLSVersion",
        "BackendRoute.status.conditions[].status",
        "TrustBundle.status.conditions[].status",
    ];

    private static readonly NullabilityInfoContext Nullability = new();

    public static TheoryData<string> Kinds => [BackendRoute.KindName, TrustBundle.KindName];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Schema_and_type_say_the_same(string kind)
    {
        var disagreements = Disagreements(kind, "spec").Concat(Disagreements(kind, "status"));

        Assert.Empty(disagreements);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_is_described_in_a_sentence_that_stands_alone(string kind) =>
        Assert.All(Nodes(kind).Where(node => !node.Schema.KeepsUnknownFields), node => Assert.Matches(@"^[A-Z0-9].*\.$", node.Schema.Description));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_schema_of_metadata_restricts_nothing_but_the_name(string kind)
    {
        // The API server refuses a CRD that says anything else there, a description included.
        var metadata = (JsonObject)Definition(kind)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["metadata"]!;

        Assert.Empty(metadata.Select(keyword => keyword.Key).Except(["type", "properties"]));
        Assert.Empty((metadata["properties"] as JsonObject ?? []).Select(property => property.Key).Except(["name"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_example_and_default_is_valid(string kind)
    {
        var wrong =
            from node in Nodes(kind)
            from value in new[] { node.Schema.Example, node.Schema.Default }
            where value is not null
            from problem in Problems(node.Schema, value)
            select $"{node.Path}: {problem.Message}";

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_text_list_and_map_that_users_write_has_a_limit(string kind)
    {
        // CEL's cost is estimated from these limits; without one the API server refuses the CRD.
        var unlimited = Nodes(kind).Where(node => node.Path.StartsWith($"{kind}.spec", StringComparison.Ordinal) && node.Schema switch
        {
            { Type: SchemaType.Array, MaxItems: null } => true,
            { Type: SchemaType.String, MaxLength: null, Enum.IsEmpty: true } => true,
            { AdditionalProperties: not null, MaxProperties: null } => true,
            { Type: SchemaType.Integer, Minimum: null } or { Type: SchemaType.Integer, Maximum: null } => node.Schema.Enum.IsEmpty,
            _ => false,
        });

        Assert.Empty(unlimited.Select(node => node.Path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_fresh_status_was_observed_at_no_generation(string kind) =>
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["observedGeneration"] = -1 }, Schema(kind).Properties["status"].Default));

    [Fact]
    public void Every_rule_has_its_twin_and_every_twin_its_rule()
    {
        // Reading the schemas has bound each rule to its twin already; what is left is a twin without a rule.
        var ruled = CustomResources.All.SelectMany(resource => Nodes(resource.Kind)).SelectMany(node => node.Schema.Rules).Select(rule => rule.Expression);

        Assert.Empty(RuleTwins.Expressions.Except(ruled));
    }

    [Fact]
    public void A_rule_without_a_twin_stops_the_operator() =>
        Assert.Contains("has(self.newer)", Assert.Throws<InvalidDataException>(() => RuleTwins.Of("has(self.newer)")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_rule_without_reason_or_with_a_field_that_is_not_there_is_refused_by_the_API_server()
    {
        string[] reasons = ["FieldValueRequired", "FieldValueInvalid", "FieldValueForbidden", "FieldValueDuplicate"];

        foreach (var (kind, _) in CustomResources.All)
        {
            Assert.All(RawNodes(Definition(kind)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!), schema =>
            {
                foreach (var rule in schema["x-kubernetes-validations"] as JsonArray ?? [])
                {
                    Assert.Contains(rule!["reason"]!.GetValue<string>(), reasons);

                    if (rule["fieldPath"]?.GetValue<string>() is { } path)
                    {
                        Assert.NotNull(path.TrimStart('.').Split('.').Aggregate((JsonNode?)schema, (node, name) => node?["properties"]?[name]));
                    }
                }
            });
        }
    }

    [Theory]
    [InlineData(BackendRoute.KindName, "broute", "Hostnames,Ready,Reason,Verified,Replicas,Expires,Age")]
    [InlineData(TrustBundle.KindName, "tbundle", "Ready,Reason,Anchors,Candidate,Replicas,Expires,Age,Digest")]
    public void A_listing_shows_what_an_operator_looks_for(string kind, string shortName, string columns)
    {
        var spec = Definition(kind)["spec"]!;
        var version = spec["versions"]![0]!;

        Assert.Equal(shortName, spec["names"]!["shortNames"]![0]!.GetValue<string>());
        Assert.Equal("portcullis", spec["names"]!["categories"]![0]!.GetValue<string>());
        Assert.Equal(columns, string.Join(',', version["additionalPrinterColumns"]!.AsArray().Select(column => column!["name"])));
        Assert.Equal("string", version["additionalPrinterColumns"]!.AsArray().Single(column => column!["name"]!.GetValue<string>() == "Expires")!["type"]!.GetValue<string>());
        Assert.NotNull(version["subresources"]!["status"]);
    }

    private static IEnumerable<string> Disagreements(string kind, string part)
    {
        var type = (kind, part) switch
        {
            (BackendRoute.KindName, "spec") => typeof(BackendRouteSpec),
            (BackendRoute.KindName, _) => typeof(BackendRouteStatus),
            (_, "spec") => typeof(TrustBundleSpec),
            _ => typeof(TrustBundleStatus),
        };

        return CompareObject(type, Schema(kind).Properties[part], $"{kind}.{part}");
    }

    private static IEnumerable<string> CompareObject(Type type, SchemaNode schema, string path)
    {
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name));

        foreach (var name in members.Keys.Except(schema.Properties.Keys))
        {
            yield return $"{path}.{name} is in {type.Name} but not in the schema";
        }

        foreach (var (name, property) in schema.Properties)
        {
            if (!members.TryGetValue(name, out var member))
            {
                yield return $"{path}.{name} is in the schema but not in {type.Name}";
                continue;
            }

            foreach (var disagreement in CompareMember(type, member, property, schema.Required.Contains(name), $"{path}.{name}"))
            {
                yield return disagreement;
            }
        }
    }

    private static IEnumerable<string> CompareMember(Type owner, PropertyInfo member, SchemaNode schema, bool required, string path)
    {
        var isRequired = member.GetCustomAttribute<RequiredMemberAttribute>() is not null;
        var isNullable = Nullability.Create(member).ReadState == NullabilityState.Nullable;
        var isInput = path.Contains(".spec", StringComparison.Ordinal);

        if (isRequired && !required)
        {
            yield return $"{path} is required in C# only";
        }

        if (required && (isInput ? !isRequired : isNullable))
        {
            yield return $"{path} is required in the schema only";
        }

        if (isNullable && (required || schema.Default is not null || schema.Type == SchemaType.Array))
        {
            yield return $"{path} is nullable, but the schema never leaves it out";
        }

        if (!isNullable && !required && !Same(schema.Default, InitialValue(owner, member)))
        {
            yield return $"{path} is {InitialValue(owner, member)?.ToJsonString()} by default in C# and {schema.Default?.ToJsonString() ?? "absent"} in the schema";
        }

        foreach (var disagreement in CompareType(Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType, schema, path))
        {
            yield return disagreement;
        }
    }

    private static IEnumerable<string> CompareType(Type type, SchemaNode schema, string path)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            return schema.Items is { } items ? CompareType(type.GetGenericArguments()[0], items, $"{path}[]") : [$"{path} is a list in C# only"];
        }

        if (type == typeof(ImmutableDictionary<string, string>))
        {
            return schema.AdditionalProperties?.Type == SchemaType.String ? [] : [$"{path} is a map of text in C# only"];
        }

        if (type.IsEnum)
        {
            return schema.Enum.Select(value => value.GetValue<string>()).Order().SequenceEqual(Enum.GetNames(type).Order())
                ? []
                : [$"{path} allows {string.Join(", ", schema.Enum)} in the schema and {string.Join(", ", Enum.GetNames(type))} in C#"];
        }

        var fits = (type, schema.Type, schema.Format) switch
        {
            (_, SchemaType.String, "date-time") => type == typeof(DateTimeOffset),
            (_, SchemaType.String, null) => type == typeof(string) && (schema.Enum.IsEmpty || ClosedTexts.Contains(path)),
            (_, SchemaType.Integer, "int32") => type == typeof(int),
            (_, SchemaType.Integer, "int64") => type == typeof(long),
            (_, SchemaType.Boolean, null) => type == typeof(bool),
            (_, SchemaType.Object, null) => type.IsClass && type != typeof(string),
            _ => false,
        };

        return !fits ? [$"{path} is {schema.Type} {schema.Format} in the schema and {type.Name} in C#"]
            : schema.Type == SchemaType.Object ? CompareObject(type, schema, path)
            : [];
    }

    /// <summary>What the member is in a fresh object: a list that is absent is empty.</summary>
    private static JsonNode? InitialValue(Type owner, PropertyInfo member)
    {
        var fresh = RuntimeHelpers.GetUninitializedObject(owner);

        // Records without required members, and with them: the initialisers run in the parameterless constructor either way.
        owner.GetConstructor(BindingFlags.Public | BindingFlags.Instance, [])!.Invoke(fresh, null);

        return JsonSerializer.SerializeToNode(member.GetValue(fresh), member.PropertyType, ResourceJson.Strict);
    }

    private static bool Same(JsonNode? byDefault, JsonNode? initial) =>
        byDefault is null ? initial is JsonArray { Count: 0 } or JsonObject { Count: 0 } : JsonNode.DeepEquals(byDefault, initial);

    private static ImmutableArray<FieldProblem> Problems(SchemaNode schema, JsonNode value)
    {
        var holder = schema with { Type = SchemaType.Object, Required = [], Rules = [], Enum = [], Pattern = null, Default = null, MinProperties = null };
        holder = holder with { Properties = ImmutableSortedDictionary<string, SchemaNode>.Empty.Add("value", schema) };

        return SchemaValidator.Complete(new JsonObject { ["value"] = value.DeepClone() }, holder);
    }

    private static IEnumerable<(string Path, SchemaNode Schema)> Nodes(string kind) => Nodes(kind, Schema(kind));

    private static IEnumerable<(string Path, SchemaNode Schema)> Nodes(string path, SchemaNode schema)
    {
        var children = schema.Properties.SelectMany(property => Nodes($"{path}.{property.Key}", property.Value));
        var items = schema.Items is null ? [] : Nodes($"{path}[]", schema.Items);
        var values = schema.AdditionalProperties is null ? [] : Nodes($"{path}.*", schema.AdditionalProperties);

        return [(path, schema), .. children, .. items, .. values];
    }

    private static IEnumerable<JsonNode> RawNodes(JsonNode schema) =>
    [
        schema,
        .. (schema["properties"] as JsonObject ?? []).SelectMany(property => RawNodes(property.Value!)),
        .. schema["items"] is { } items ? RawNodes(items) : [],
    ];

    private static SchemaNode Schema(string kind) => CustomResources.All.Single(resource => resource.Kind == kind).Schema;

    private static JsonNode Definition(string kind)
    {
        using var stream = typeof(BackendRoute).Assembly.GetManifestResourceStream($"crds/portcullis.dev_{kind.ToLowerInvariant()}s.yaml")!;
        using var reader = new StreamReader(stream);

        return YamlDocuments.Read(reader.ReadToEnd()).Single().Root!;
    }
}
