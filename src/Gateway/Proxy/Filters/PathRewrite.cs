using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>A change of paths, ready to be done. Paths are encoded, and an encoded slash ends no segment, so segments count the same in every spelling.</summary>
internal sealed class PathRewrite
{
    private readonly string replacement;

    // Null when the whole path is replaced.
    private readonly int? segments;

    private PathRewrite(string replacement, int? segments)
    {
        this.replacement = replacement;
        this.segments = segments;
    }

    /// <summary>Null when nothing changes.</summary>
    public static PathRewrite? Of(PathChange? change, PathMatch match) => change switch
    {
        PathChange.Full full => new PathRewrite(full.Value, null),
        PathChange.Prefix prefix => new PathRewrite(prefix.Value.TrimEnd('/'), match.Value.TrimEnd('/').Count(character => character == '/')),
        _ => null,
    };

    /// <summary>With the semantics of Gateway API: slashes at the end of prefix and replacement do not count, and the result is never empty.</summary>
    public string Apply(ReadOnlySpan<char> path)
    {
        if (segments is not { } matched)
        {
            return replacement;
        }

        var rest = path;
        for (var segment = 0; segment < matched && !rest.IsEmpty; segment++)
        {
            var next = rest[1..].IndexOf('/');
            rest = next < 0 ? [] : rest[(next + 1)..];
        }

        return replacement.Length == 0 && rest.IsEmpty ? "/" : string.Concat(replacement, rest);
    }
}
