using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Stores.Manifests.Decoding;

/// <summary>One document → the objects in it, each as the API server would store or refuse it.</summary>
internal static partial class ManifestDecoder
{
    private const string DefaultNamespace = "default";
    private const int LongestLabel = 63;
    private const int LongestName = 253;

    public static IEnumerable<DocumentReading> Decode(ManifestDocument document) => document.Root switch
    {
        null => [],
        JsonObject root => DecodeObject(root, document.Lines),
        _ => [Refused(document.Lines, identity: null, [new FieldProblem("", "A manifest must be a mapping with apiVersion, kind and metadata.")])],
    };

    private static IEnumerable<DocumentReading> DecodeObject(JsonObject root, LineMap lines)
    {
        if (Text(root["apiVersion"]) is not { Length: > 0 } apiVersion || Text(root["kind"]) is not { Length: > 0 } kind)
        {
            return [Refused(lines, identity: null, [new FieldProblem("", "A manifest must say apiVersion and kind, such as portcullis.dev/v1alpha1 and BackendRoute.")])];
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && root["items"] is JsonArray items)
        {
            return items.SelectMany((item, index) => Decode(new ManifestDocument(item?.DeepClone(), lines.Below($"items[{index}]"))));
        }

        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);

        return ManifestKind.All.FirstOrDefault(known => known.Kind == kind && known.Group == group) is { } manifestKind
            ? [DecodeKnown((JsonObject)root.DeepClone(), manifestKind, version, lines)]
            : [new DocumentReading.Ignored(lines.Of(FieldPath.Root), apiVersion, kind)];
    }

    private static DocumentReading DecodeKnown(JsonObject root, ManifestKind kind, string version, LineMap lines)
    {
        var metadata = CheckMetadata(root, kind);

        if (!metadata.IsEmpty)
        {
            return Refused(lines, identity: null, metadata);
        }

        var identity = new ObjectIdentity(kind.Kind, new ResourceKey(Text(root["metadata"]!["namespace"])!, Text(root["metadata"]!["name"])!));

        if (!kind.Versions.Contains(version))
        {
            return Refused(lines, identity, [new FieldProblem("apiVersion", $"must be {string.Join(" or ", kind.Versions.Select(kind.ApiVersion))}.")]);
        }

        // The API server takes a status only through its own subresource.
        root.Remove("status");

        var problems = kind.Schema is { } schema
            ? [.. SchemaValidator.Complete(root, schema), .. CheckMetadataFields(root)]
            : ShapeCheck.Of(root, kind.Type).ToImmutableArray();

        return problems.IsEmpty ? DecodeValid(root, kind, identity, lines) : Refused(lines, identity, problems);
    }

    private static IEnumerable<FieldProblem> CheckMetadataFields(JsonObject root) =>
        ShapeCheck.Of(root["metadata"], typeof(V1ObjectMeta)).Select(problem => problem with { Path = $"metadata.{problem.Path}" });

    private static DocumentReading DecodeValid(JsonObject root, ManifestKind kind, ObjectIdentity identity, LineMap lines)
    {
        try
        {
            var decoded = (IKubernetesObject<V1ObjectMeta>)root.Deserialize(kind.Type, ResourceJson.Lenient)!;
            var problems = kind.Complete(decoded);

            decoded.Metadata = new V1ObjectMeta
            {
                Name = identity.Key.Name,
                NamespaceProperty = identity.Key.Namespace,
                Labels = decoded.Metadata.Labels,
                Annotations = decoded.Metadata.Annotations,
            };

            return problems.IsEmpty ? new DocumentReading.Good(lines.Of(FieldPath.Root), identity, decoded) : Refused(lines, identity, problems);
        }
        catch (JsonException undecodable)
        {
            return Refused(lines, identity, [Undecodable(undecodable, kind)]);
        }
    }

    /// <summary>The serializer's own text speaks of .NET types; where it stopped is what helps.</summary>
    private static FieldProblem Undecodable(JsonException undecodable, ManifestKind kind)
    {
        var path = Quoted().Replace((undecodable.Path ?? "$")[1..].TrimStart('.'), "[$1]");
        var explain = Brackets().Replace($"{kind.Kind.ToLowerInvariant()}.{path}", "").TrimEnd('.');

        return new FieldProblem(path, $"is incomplete, or its value is of the wrong type. 'kubectl explain {explain}' says what it must be.");
    }

    private static ImmutableArray<FieldProblem> CheckMetadata(JsonObject root, ManifestKind kind)
    {
        if (root["metadata"] is not JsonObject metadata)
        {
            return [new FieldProblem("metadata", "is required, with at least a name.")];
        }

        if (metadata["namespace"] is null || Text(metadata["namespace"]) is "")
        {
            metadata["namespace"] = DefaultNamespace;
        }

        return [.. CheckName(metadata["name"], kind), .. CheckNamespace(metadata["namespace"])];
    }

    private static IEnumerable<FieldProblem> CheckName(JsonNode? name, ManifestKind kind)
    {
        var (pattern, longest, what) = kind.NameIsLabel
            ? (Label(), LongestLabel, "a DNS label: lower-case letters, digits and '-'")
            : (Subdomain(), LongestName, "a DNS subdomain: lower-case letters, digits, '.' and '-'");

        return Text(name) is { } text && text.Length <= longest && pattern.IsMatch(text)
            ? []
            : [new FieldProblem("metadata.name", $"is required and must be {what}, at most {longest} characters; put a number in quotes.")];
    }

    private static IEnumerable<FieldProblem> CheckNamespace(JsonNode? name) =>
        Text(name) is { Length: <= LongestLabel } text && Label().IsMatch(text)
            ? []
            : [new FieldProblem("metadata.namespace", $"must be a DNS label of at most {LongestLabel} lower-case letters, digits and '-'; put a number in quotes.")];

    private static DocumentReading.Refused Refused(LineMap lines, ObjectIdentity? identity, ImmutableArray<FieldProblem> problems) =>
        new(lines.Of(FieldPath.Root), identity, [.. problems.Select(problem => new LocatedProblem(lines.Of(problem.Path), problem.Path, problem.Message))]);

    private static string? Text(JsonNode? value) => value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\['([^']*)'\]", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.CultureInvariant)]
    private static partial Regex Brackets();
}
