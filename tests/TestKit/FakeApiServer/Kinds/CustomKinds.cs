using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s.Models;
using Portcullis.Operator.Stores.Manifests.Validation;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>A definition → the kind it defines. Its schema is read by the operator's own reader, whose validation the objects then get.</summary>
internal static class CustomKinds
{
    public static ResourceKind Of(JsonObject definition, long since)
    {
        var spec = definition["spec"]!;
        if (spec.Items("versions").ToArray() is not [var version] || !version.Flag("served"))
        {
            throw Failures.NotImplemented("custom resources of several versions");
        }

        if (version.At("subresources", "scale") is not null || spec.Flag("preserveUnknownFields"))
        {
            throw Failures.NotImplemented("the scale subresource, and unknown fields that are kept");
        }

        var schema = Schema(version);
        return new ResourceKind
        {
            Group = spec.Text("group"),
            Version = version.Text("name"),
            Kind = spec.Text("names", "kind"),
            Plural = spec.Text("names", "plural"),
            Singular = spec.Text("names", "singular"),
            ShortNames = [.. spec.Texts("names", "shortNames")],
            Categories = [.. spec.Texts("names", "categories")],
            Namespaced = spec.Text("scope") == "Namespaced",
            HasStatus = version.At("subresources", "status") is not null,
            AllowsUnconditionalUpdate = false,
            CountsGenerations = true,
            Storage = definition.Text("metadata", "name"),
            Schema = schema,
            Shape = SchemaShapes.Of(schema, ModelShapes.Of<V1ObjectMeta>()),
            Since = since,
            Complete = content => SchemaDefaults.Fill(content, schema),
            Check = (content, _) => Faults(content, schema),
        };
    }

    private static SchemaNode Schema(JsonNode version)
    {
        try
        {
            var schema = SchemaReader.Read((JsonObject)(version.At("schema", "openAPIV3Schema") ?? throw Failures.NotImplemented("custom resources without a schema")));

            return schema with
            {
                Properties = schema.Properties.SetItems(new Dictionary<string, SchemaNode>
                {
                    // The server's own, whether or not the schema speaks of them.
                    ["metadata"] = new SchemaNode { Type = SchemaType.Object, Description = "", KeepsUnknownFields = true },
                    ["apiVersion"] = new SchemaNode { Type = SchemaType.String, Description = "" },
                    ["kind"] = new SchemaNode { Type = SchemaType.String, Description = "" },
                }),
            };
        }
        catch (Exception unknown) when (unknown is InvalidDataException or ArgumentException)
        {
            throw Failures.NotImplemented(unknown.Message);
        }
    }

    private static ImmutableArray<FieldFault> Faults(JsonObject content, SchemaNode schema) =>
        [.. SchemaValidator.Complete(content, schema).Select(problem => new FieldFault(problem.Path, Reason(problem), $"Invalid value: {problem.Message}"))];

    private static string Reason(FieldProblem problem) => problem.Message.StartsWith("is required", StringComparison.Ordinal) ? "FieldValueRequired" : "FieldValueInvalid";
}
