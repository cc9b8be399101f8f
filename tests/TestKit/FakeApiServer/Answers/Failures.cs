using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Answers;

/// <summary>The failures of a real API server, in its words: clients read codes and reasons, people read messages.</summary>
internal static class Failures
{
    public static ApiFailureException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.Qualified} \"{name}\" not found") { Details = Details(kind, name) };

    public static ApiFailureException NoSuchResource() => new(404, "NotFound", "the server could not find the requested resource") { Details = [] };

    public static ApiFailureException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.Qualified} \"{name}\" already exists") { Details = Details(kind, name) };

    public static ApiFailureException Conflict(ResourceKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.Qualified} \"{name}\": {why}") { Details = Details(kind, name) };

    public static ApiFailureException Modified(ResourceKind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiFailureException Invalid(ResourceKind kind, string name, IEnumerable<FieldFault> faults) => Invalid(kind.Kind, kind.Group, name, faults);

    /// <summary>Of the options of a request, such as ListOptions.</summary>
    public static ApiFailureException InvalidOptions(string options, params IEnumerable<FieldFault> faults) => Invalid(options, "meta.k8s.io", "", faults);

    public static ApiFailureException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiFailureException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiFailureException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { Details = [] };

    public static ApiFailureException NotAcceptable() => new(
        406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf");

    public static ApiFailureException UnsupportedMediaType(params IEnumerable<string> accepted) => new(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    public static ApiFailureException Expired(string message) => new(410, "Expired", message);

    public static ApiFailureException TooOld(long asked, long oldest) => Expired(string.Create(CultureInfo.InvariantCulture, $"too old resource version: {asked} ({oldest})"));

    public static ApiFailureException TooLarge(long asked, long current) =>
        new(504, "Timeout", string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {asked}, current: {current}"))
        {
            Details = new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
                ["retryAfterSeconds"] = 1,
            },
            Headers = ImmutableDictionary<string, string>.Empty.Add("Retry-After", "1"),
        };

    /// <summary>The double answers so instead of guessing.</summary>
    public static ApiFailureException NotImplemented(string what) =>
        new(501, "NotImplemented", $"This double of an API server does not do this: {what}. Teach it, and state the behaviour in tests/Cluster.Tests/Behaviour.");

    public static JsonObject Details(ResourceKind kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Plural;
        return details;
    }

    private static ApiFailureException Invalid(string kind, string group, string name, IEnumerable<FieldFault> faults)
    {
        FieldFault[] all = [.. faults];
        var details = new JsonObject { ["name"] = name, ["group"] = group, ["kind"] = kind };
        details["causes"] = new JsonArray(
            [.. all.Select(fault => new JsonObject { ["reason"] = fault.Reason, ["message"] = fault.Message, ["field"] = fault.Path })]);

        var text = all.Length == 1 ? all[0].ToString() : $"[{string.Join(", ", all.Select(fault => fault.ToString()))}]";
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        return new ApiFailureException(422, "Invalid", $"{qualified} \"{name}\" is invalid: {text}") { Details = details };
    }
}
