using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Serving;

namespace Portcullis.EndToEnd.Tests.Leadership;

/// <summary>One verb on one resource, as a role grants it.</summary>
/// <param name="Namespace">Where; empty for everywhere.</param>
/// <param name="Names">Only these objects; all when empty.</param>
internal sealed record Right(string Verb, string Group, string Resource, string Namespace, ImmutableArray<string> Names)
{
    /// <param name="role">A Role or ClusterRole.</param>
    /// <param name="ns">Where it is bound; empty for everywhere.</param>
    public static IEnumerable<Right> Of(JsonObject role, string ns) =>
        from rule in role["rules"]!.AsArray()
        from apiGroup in Texts(rule!["apiGroups"])
        from resource in Texts(rule["resources"])
        from verb in Texts(rule["verbs"])
        select new Right(verb, apiGroup, resource, ns, Texts(rule["resourceNames"]));

    public bool IsUsedBy(ApiRequest request) =>
        (request.Verb, request.Group, request.Resource) == (Verb, Group, Resource)
        && (Namespace.Length == 0 || request.Namespace == Namespace)
        && (Names.IsEmpty || Names.Any(name => request.Name == name || request.Query.Contains($"metadata.name%3D{name}", StringComparison.Ordinal)));

    public override string ToString() => $"{Verb} {Resource} ({Group}) in '{Namespace}' {string.Join(", ", Names)}";

    private static ImmutableArray<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(text => text!.GetValue<string>())];
}
