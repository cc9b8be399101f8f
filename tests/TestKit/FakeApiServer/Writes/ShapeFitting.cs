using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>
/// Makes an object fit its kind: unknown fields are dropped and remembered. In built-in kinds a value of a wrong type is refused at once; custom
/// resources are judged by their schema afterwards.
/// </summary>
internal sealed partial class ShapeFitting
{
    private readonly ResourceKind kind;
    private readonly List<string> unknown = [];

    private ShapeFitting(ResourceKind kind) => this.kind = kind;

    /// <summary>Changes the object in place and returns what it did not know.</summary>
    public static IReadOnlyList<string> Fit(JsonObject content, ResourceKind kind)
    {
        var fitting = new ShapeFitting(kind);
        fitting.FitObject(content, kind.Shape, "", strict: kind.IsBuiltIn);
        return fitting.unknown;
    }

    private void FitObject(JsonObject fields, FieldShape shape, string path, bool strict)
    {
        foreach (var (name, value) in fields.ToArray())
        {
            var at = FieldPath.Field(path, name);
            if (shape.Of(name) is not { } inner)
            {
                unknown.Add(at);
                fields.Remove(name);
            }
            else if (value is null)
            {
                // Custom resources keep it: their schema decides what an absent value is.
                if (strict)
                {
                    fields.Remove(name);
                }
            }
            else
            {
                // Metadata is Kubernetes' own in every kind.
                fields[name] = FitValue(value, inner, at, strict || at == "metadata");
            }
        }
    }

    private JsonNode? FitValue(JsonNode value, FieldShape shape, string path, bool strict)
    {
        switch (shape.Kind, value)
        {
            case (ShapeKind.Anything, _):
                return value.DeepClone();
            case (ShapeKind.Object or ShapeKind.Map, JsonObject fields):
                var kept = (JsonObject)fields.DeepClone();
                FitObject(kept, shape, path, strict);
                return kept;
            case (ShapeKind.List, JsonArray items):
                return new JsonArray([.. items.Select((item, index) => item is null ? null : FitValue(item, shape.Element!, FieldPath.Item(path, index), strict))]);
            case (ShapeKind.Scalar, JsonValue scalar) when strict:
                return FitScalar(scalar, shape.Scalar, path);
            default:
                return strict ? throw WrongType(path, value, shape.Kind.ToString()) : value.DeepClone();
        }
    }

    private JsonNode FitScalar(JsonValue value, ScalarKind scalar, string path)
    {
        var found = value.GetValueKind();
        var fits = scalar switch
        {
            ScalarKind.Boolean => found is JsonValueKind.True or JsonValueKind.False,
            ScalarKind.Integer => value.Number() is not null,
            ScalarKind.Number => found == JsonValueKind.Number,
            ScalarKind.IntegerOrText or ScalarKind.Quantity => found == JsonValueKind.String || found == JsonValueKind.Number,
            _ => found == JsonValueKind.String,
        };

        return !fits ? throw WrongType(path, value, scalar.ToString()) : scalar switch
        {
            ScalarKind.Time => JsonValue.Create(Times.Written(Moment(value.Text(), Seconds(), "2006-01-02T15:04:05Z07:00"))),
            ScalarKind.MicroTime => JsonValue.Create(Times.WrittenInMicroseconds(Moment(value.Text(), Microseconds(), "2006-01-02T15:04:05.000000Z07:00"))),
            ScalarKind.Bytes => Bytes(value),
            _ => value.DeepClone(),
        };
    }

    private DateTimeOffset Moment(string text, Regex form, string layout) =>
        form.IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : throw Unreadable($"parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\"");

    private JsonNode Bytes(JsonValue value) =>
        Convert.TryFromBase64String(value.Text(), new byte[value.Text().Length], out _)
            ? value.DeepClone()
            : throw Unreadable("illegal base64 data at input byte 0");

    private ApiFailureException WrongType(string path, JsonNode value, string wanted) => Unreadable(
        $"json: cannot unmarshal {value.GetValueKind().ToString().ToLowerInvariant()} into Go struct field {kind.Kind}.{path} of type {wanted.ToLowerInvariant()}");

    private ApiFailureException Unreadable(string why) =>
        Failures.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {why}");

    // Go reads fractions of any length where the layout has none.
    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)\z")]
    private static partial Regex Microseconds();
}
