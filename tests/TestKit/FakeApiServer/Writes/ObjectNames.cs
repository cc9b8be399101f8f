using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>Which name and namespace an object gets, and whether it may have them.</summary>
internal static partial class ObjectNames
{
    // Without vowels and look-alikes, as Kubernetes makes them.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Settles name and namespace of a new object in place.</summary>
    public static ObjectKey SettleNew(JsonObject content, WriteRequest request)
    {
        var metadata = content.Open("metadata");
        if (metadata.Text("name").Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = prefix + new string(Random.Shared.GetItems<char>(Alphabet, 5));
        }

        if (metadata.Text("name").Length == 0)
        {
            throw Failures.Invalid(request.Kind, "", [FieldFault.Required("metadata.name", "name or generateName is required")]);
        }

        Settle(content, request with { Key = request.Key with { Name = metadata.Text("name") } });
        RefuseMalformed(request.Kind, metadata.Text("name"));
        return new ObjectKey(metadata.Text("namespace"), metadata.Text("name"));
    }

    /// <summary>Settles name and namespace from the address of the request, with which the object must agree.</summary>
    public static void Settle(JsonObject content, WriteRequest request)
    {
        var metadata = content.Open("metadata");
        var (ns, name) = (metadata.Text("namespace"), metadata.Text("name"));

        if (name.Length > 0 && name != request.Key.Name)
        {
            throw Failures.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Key.Name})");
        }

        if (ns.Length > 0 && ns != request.Key.Namespace)
        {
            throw Failures.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["name"] = request.Key.Name;
        if (request.Kind.Namespaced)
        {
            metadata["namespace"] = request.Key.Namespace;
        }
    }

    private static void RefuseMalformed(ResourceKind kind, string name)
    {
        var (form, longest, detail) = kind switch
        {
            { Group: "rbac.authorization.k8s.io" } => (PathSegment(), int.MaxValue, "may not contain '/' or '%'"),
            { Group: "", Kind: "Namespace" or "Service" } => (Label(), 63, "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"),
            _ => (Subdomain(), 253, "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"),
        };

        if (!form.IsMatch(name) || name.Length > longest)
        {
            throw Failures.Invalid(kind, name, [FieldFault.Invalid("metadata.name", $"\"{name}\"", detail)]);
        }
    }

    [GeneratedRegex(@"\A(?!\.\.?\z)[^/%]+\z")]
    private static partial Regex PathSegment();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
