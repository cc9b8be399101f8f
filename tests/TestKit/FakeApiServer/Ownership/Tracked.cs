using System.Collections.Immutable;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>Which fields can be owned: not what the server writes itself, and through <c>/status</c> only the status.</summary>
internal static class Tracked
{
    private static readonly ImmutableHashSet<string> OfTheServer =
    [
        "f:apiVersion", "f:kind", "f:metadata",
        .. new[] { "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion" }.Select(field => $"f:metadata\nf:{field}"),
    ];

    public static FieldSet Of(FieldSet fields, ResourceKind kind, string subresource) => fields.Where(path => Is(path, kind, subresource));

    private static bool Is(string path, ResourceKind kind, string subresource)
    {
        var isStatus = FieldSet.IsWithin(path, "f:status");

        return !OfTheServer.Contains(path)
            && !FieldSet.IsWithin(path, "f:metadata\nf:managedFields")
            && (!kind.HasStatus || isStatus == (subresource == "status"));
    }
}
