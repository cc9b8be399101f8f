using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>What the path of a request is about. Paths that are no resource have no version.</summary>
internal sealed record RequestTarget
{
    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>Empty for a list of kinds.</summary>
    public string Plural { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    public string Subresource { get; init; } = "";

    public bool IsResource => Plural.Length > 0;

    public static RequestTarget Parse(PathString path)
    {
        var parts = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToImmutableArray();

        return parts switch
        {
            ["api", var version, .. var rest] => Of("", version, rest),
            ["apis", var group, var version, .. var rest] => Of(group, version, rest),
            _ => new RequestTarget(),
        };
    }

    private static RequestTarget Of(string group, string version, ImmutableArray<string> rest)
    {
        var target = new RequestTarget { Group = group, Version = version };

        return rest switch
        {
            [] => target,
            // Namespaces are themselves resources that have subresources.
            ["namespaces", var name, "status" or "finalize"] when group.Length == 0 => target with { Plural = "namespaces", Name = name, Subresource = rest[2] },
            ["namespaces", var ns, var plural] => target with { Namespace = ns, Plural = plural },
            ["namespaces", var ns, var plural, var name] => target with { Namespace = ns, Plural = plural, Name = name },
            ["namespaces", var ns, var plural, var name, .. var sub] => target with { Namespace = ns, Plural = plural, Name = name, Subresource = string.Join('/', sub) },
            [var plural] => target with { Plural = plural },
            [var plural, var name] => target with { Plural = plural, Name = name },
            [var plural, var name, .. var sub] => target with { Plural = plural, Name = name, Subresource = string.Join('/', sub) },
        };
    }
}
