using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>The body of a write as an object of its kind, unknown fields dealt with.</summary>
internal static class Decoding
{
    public static (JsonObject Content, ImmutableArray<string> Warnings) Decode(WriteRequest request)
    {
        var body = JsonBody.Read(request.Body);
        CheckType(body.Content, request);
        string[] problems =
        [
            .. body.Duplicates.Select(field => $"duplicate field \"{field}\""),
            .. ShapeFitting.Fit(body.Content, request.Kind).Select(field => $"unknown field \"{field}\""),
        ];

        if (problems.Length > 0 && request.Validation == FieldValidation.Strict)
        {
            var kind = request.Kind;
            throw Failures.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: {string.Join(", ", problems)}");
        }

        return (body.Content, request.Validation == FieldValidation.Warn ? [.. problems] : []);
    }

    /// <summary>Built-in kinds may leave out what the address says anyway.</summary>
    public static void CheckType(JsonObject content, WriteRequest request)
    {
        var kind = request.Kind;
        foreach (var (field, expected) in new[] { ("kind", kind.Kind), ("apiVersion", kind.ApiVersion) })
        {
            var found = content.Text(field);
            if (found.Length == 0 && kind.IsBuiltIn)
            {
                content[field] = expected;
            }
            else if (found.Length == 0)
            {
                throw Failures.BadRequest($"Object '{char.ToUpperInvariant(field[0])}{field[1..]}' is missing in '{content.ToJsonString()}'");
            }
            else if (found != expected)
            {
                throw Failures.BadRequest(field == "kind"
                    ? $"{found} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: converting ({found}) to ({kind.Kind}): unknown conversion"
                    : $"the API version in the data ({found}) does not match the expected API version ({expected})");
            }
        }
    }
}
