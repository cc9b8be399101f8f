using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Portcullis.Gateway.Proxy.Filters;
using Yarp.ReverseProxy.Forwarder;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>
/// The target of a request as the client wrote it. Routes are found by the decoded path, backends receive the client's own spelling of that same path; what
/// two readers could take for two paths is refused.
/// </summary>
internal static class RequestTarget
{
    private const string EncodedDot = "%2e";
    private const string EncodedSemicolon = "%3b";
    private const string EncodedSlash = "%2f";

    private static readonly SearchValues<char> Suspicious = SearchValues.Create("%\\;");

    /// <summary>
    /// A backslash or an encoded NUL ends a segment for some servers and not for others; so do dots before a parameter (<c>..;</c>), and a percent sign that
    /// encodes nothing is anybody's guess. A fragment and control characters never belong in a target. An encoded slash is for rules to decide, but not where it
    /// makes dots a segment.
    /// </summary>
    public static bool IsAmbiguous(HttpContext context)
    {
        var raw = Raw(context).AsSpan();
        if (raw.IndexOfAnyExceptInRange('!', '~') >= 0 || raw.Contains('#'))
        {
            return true;
        }

        var path = PathOf(raw);
        var at = path.IndexOfAny(Suspicious);
        while (at >= 0)
        {
            if (!IsClear(path, at))
            {
                return true;
            }

            var next = path[(at + 1)..].IndexOfAny(Suspicious);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return HasEncodedSlash(path) && (!raw.StartsWith('/') || HasDotsOnceRead(WithSlashes(path.ToString()).Replace(EncodedSemicolon, ";", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether the path has a slash that is written encoded: within a segment for some servers, the end of one for others.</summary>
    public static bool HasEncodedSlash(HttpContext context) => HasEncodedSlash(PathOf(Raw(context)));

    /// <summary>The decoded path as it is for servers to which an encoded slash is a slash.</summary>
    public static string PathWithSlashes(HttpContext context) => WithSlashes(context.Request.Path.Value ?? "");

    /// <summary>What a backend is asked for, rewritten where the rule says so; it starts with a slash.</summary>
    public static string Forwarded(HttpContext context, PathRewrite? rewrite)
    {
        var raw = Raw(context);
        var path = Path(context);

        return rewrite is null && IsAsWritten(raw) ? raw : string.Concat(rewrite is null ? path : rewrite.Apply(path), Query(context));
    }

    /// <summary>The path that the client asked for, without dot segments, as it may be written into a URL.</summary>
    public static ReadOnlySpan<char> Path(HttpContext context)
    {
        var raw = Raw(context);
        if (!raw.StartsWith('/'))
        {
            return Encoded(context.Request.Path);
        }

        var path = PathOf(raw);
        return HasDotSegment(path) ? WithoutDotSegments(path) : path;
    }

    /// <summary>With its question mark; empty when there is none.</summary>
    public static ReadOnlySpan<char> Query(HttpContext context)
    {
        var raw = Raw(context);
        return raw.StartsWith('/') ? raw.AsSpan(PathOf(raw).Length) : context.Request.QueryString.Value;
    }

    private static bool HasEncodedSlash(ReadOnlySpan<char> path) => path.Contains('%') && path.Contains(EncodedSlash, StringComparison.OrdinalIgnoreCase);

    private static string WithSlashes(string path) => path.Replace(EncodedSlash, "/", StringComparison.OrdinalIgnoreCase);

    private static bool HasDotsOnceRead(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            var parameter = segment.IndexOf(';');
            if (IsDots(parameter < 0 ? segment : segment[..parameter]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAsWritten(string raw) => raw.StartsWith('/') && !HasDotSegment(PathOf(raw));

    private static string Raw(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }

    private static bool IsClear(ReadOnlySpan<char> path, int at) => path[at] switch
    {
        '\\' => false,
        ';' => !IsDots(SegmentUpTo(path, at)),
        _ => IsClearEscape(path[at..]) && !(path[at..].StartsWith(EncodedSemicolon, StringComparison.OrdinalIgnoreCase) && IsDots(SegmentUpTo(path, at))),
    };

    private static ReadOnlySpan<char> SegmentUpTo(ReadOnlySpan<char> path, int at) => path[(path[..at].LastIndexOf('/') + 1)..at];

    private static bool IsClearEscape(ReadOnlySpan<char> escape) =>
        escape.Length > 2
        && char.IsAsciiHexDigit(escape[1])
        && char.IsAsciiHexDigit(escape[2])
        && escape[1..3] is not ("5c" or "5C" or "00")
        && !IsOverlong(escape);

    // A character of ASCII in more bytes than UTF-8 allows: some decoders find a slash in %c0%af.
    private static bool IsOverlong(ReadOnlySpan<char> escape) =>
        escape.Length > 5
        && escape[3] == '%'
        && escape[1..3] switch
        {
            "c0" or "C0" or "c1" or "C1" => escape[4] is '8' or '9' or 'a' or 'A' or 'b' or 'B',
            "e0" or "E0" => escape[4] is '8' or '9',
            "f0" or "F0" => escape[4] is '8',
            _ => false,
        };

    // The server removes dot segments from the decoded path; what it matched is then not what the client wrote.
    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.Contains(EncodedDot, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var segment in path.Split('/'))
        {
            if (IsDots(path[segment]))
            {
                return true;
            }
        }

        return false;
    }

    // As the server takes them out of what it matches (RFC 3986, section 5.2.4). The rest stays as it is written: decoded and encoded again, %3B would be a semicolon, and
    // %E9 would be %25E9.
    private static string WithoutDotSegments(ReadOnlySpan<char> path)
    {
        var kept = new List<string>();
        var last = 0;
        foreach (var range in path[1..].Split('/'))
        {
            var segment = path[1..][range];
            last = DotsIn(segment);
            if (last == 0)
            {
                kept.Add(segment.ToString());
            }
            else if (last == 2 && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
        }

        return $"/{string.Join('/', kept)}{(last > 0 && kept.Count > 0 ? "/" : "")}";
    }

    private static bool IsDots(ReadOnlySpan<char> segment) => DotsIn(segment) > 0;

    /// <summary>One or two, each written out or encoded; 0 when there is anything else.</summary>
    private static int DotsIn(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty && dots < 3)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith(EncodedDot, StringComparison.OrdinalIgnoreCase) ? EncodedDot.Length : 0;
            if (length == 0)
            {
                return 0;
            }

            segment = segment[length..];
            dots++;
        }

        return dots < 3 ? dots : 0;
    }

    // The forwarder knows how to write a decoded path; its own Uri is not sent, only read back.
    private static ReadOnlySpan<char> Encoded(PathString path) =>
        path.HasValue ? RequestUtilities.MakeDestinationAddress("http://any", path, QueryString.Empty).AbsolutePath : "/";
}
