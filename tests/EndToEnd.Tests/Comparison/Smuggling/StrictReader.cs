using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>
/// Reads requests as RFC 9112 has them written, without any of what it lets a recipient forgive. Where it ends with a doubt, a recipient that does forgive
/// and one that does not, or two that forgive differently, see different requests.
/// </summary>
internal sealed partial class StrictReader
{
    private static readonly string[] Framing = ["Content-Length", "Transfer-Encoding"];

    private readonly string bytes;
    private readonly HashSet<string> doubts = [];
    private int at;
    private int requests;
    private bool isBrokenOff;

    private StrictReader(string bytes) => this.bytes = bytes;

    /// <param name="bytes">Of one direction of one connection, each a character.</param>
    public static Reading Of(string bytes)
    {
        var reader = new StrictReader(bytes);
        while (reader.at < bytes.Length && reader.ReadsRequest())
        {
            reader.requests++;
        }

        return new Reading(reader.requests, reader.isBrokenOff, reader.at, [.. reader.doubts]);
    }

    /// <summary>False where no strict reader goes on.</summary>
    private bool ReadsRequest()
    {
        if (bytes[at] is '\r' or '\n')
        {
            return Doubts(Doubt.EmptyLine);
        }

        var end = bytes.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
        var head = end < 0 ? bytes[at..] : bytes[at..end];
        if (BareLineEnd().IsMatch(end < 0 ? head.TrimEnd('\r') : head))
        {
            return Doubts(Doubt.BareLineEnd);
        }

        if (Control().IsMatch(head))
        {
            return Doubts(Doubt.Control);
        }

        if (end < 0)
        {
            return BreaksOff();
        }

        at = end + 4;
        var lines = head.Split("\r\n");
        var first = RequestLine().Match(lines[0]);
        return first.Success ? ReadsHeaders(first, lines[1..]) : Doubts(Doubt.RequestLine);
    }

    private bool ReadsHeaders(Match first, string[] lines)
    {
        if (lines.Any(line => line.StartsWith(' ') || line.StartsWith('\t')))
        {
            return Doubts(Doubt.Folded);
        }

        var headers = lines.Select(line => Header().Match(line)).ToArray();
        if (!headers.All(header => header.Success))
        {
            return Doubts(Doubt.HeaderName);
        }

        if (headers.Select(Name).Any(name => name.Contains('_', StringComparison.Ordinal) && IsFraming(name.Replace('_', '-'))))
        {
            return Doubts(Doubt.LookAlike);
        }

        var isOld = first.Groups["minor"].Value == "0";
        var hosts = Values(headers, "Host");
        if (hosts.Length > 1 || (hosts.Length == 0 && !isOld) || !hosts.All(HostValue().IsMatch))
        {
            return Doubts(Doubt.Host);
        }

        doubts.UnionWith(TargetReading.DoubtsOf(first.Groups["method"].Value, first.Groups["target"].Value, hosts.FirstOrDefault()));
        return ReadsBody(Values(headers, "Content-Length"), Values(headers, "Transfer-Encoding"), isOld);
    }

    private bool ReadsBody(string[] lengths, string[] encodings, bool isOld) => (lengths, encodings) switch
    {
        ([], []) => true,
        ([_, ..], [_, ..]) => Doubts(Doubt.BothFramings),
        (_, [_, ..]) when isOld => Doubts(Doubt.OldEncoding),
        ([], [var encoding]) => encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase) ? ReadsChunks() : Doubts(Doubt.Encoding),
        ([], _) => Doubts(Doubt.Encoding),
        ([var length], _) when Digits().IsMatch(length) => Takes(long.Parse(length, CultureInfo.InvariantCulture)),
        _ => Doubts(Doubt.Length),
    };

    private bool ReadsChunks()
    {
        while (true)
        {
            if (!ReadsLine(out var line))
            {
                return false;
            }

            var size = ChunkSize().Match(line);
            if (!size.Success)
            {
                return Doubts(Doubt.Chunk);
            }

            var length = long.Parse(size.Groups["size"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return ReadsTrailers();
            }

            if (!Takes(length))
            {
                return false;
            }

            if (!"\r\n".StartsWith(bytes.Substring(at, Math.Min(2, bytes.Length - at)), StringComparison.Ordinal))
            {
                return Doubts(Doubt.Chunk);
            }

            if (!Takes(2))
            {
                return false;
            }
        }
    }

    private bool ReadsTrailers()
    {
        while (ReadsLine(out var line))
        {
            if (line.Length == 0)
            {
                return true;
            }

            var trailer = Header().Match(line);
            if (!trailer.Success || IsFraming(Name(trailer)))
            {
                return Doubts(trailer.Success ? Doubt.Trailer : Doubt.HeaderName);
            }
        }

        return false;
    }

    /// <summary>A line of the chunks' framing, without its end.</summary>
    private bool ReadsLine(out string line)
    {
        var end = bytes.IndexOf("\r\n", at, StringComparison.Ordinal);
        line = end < 0 ? bytes[at..].TrimEnd('\r') : bytes[at..end];
        if (line.AsSpan().ContainsAny('\r', '\n'))
        {
            return Doubts(Doubt.BareLineEnd);
        }

        if (end < 0)
        {
            return BreaksOff();
        }

        at = end + 2;
        return true;
    }

    private bool Takes(long length)
    {
        if (bytes.Length - at < length)
        {
            return BreaksOff();
        }

        at += (int)length;
        return true;
    }

    private bool BreaksOff()
    {
        (isBrokenOff, at) = (true, bytes.Length);
        return false;
    }

    private bool Doubts(string doubt)
    {
        doubts.Add(doubt);
        return false;
    }

    private static string Name(Match header) => header.Groups["name"].Value;

    private static bool IsFraming(string name) => Framing.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string[] Values(Match[] headers, string name) =>
        [.. headers.Where(header => Name(header).Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Groups["value"].Value)];

    [GeneratedRegex(@"\r(?!\n)|(?<!\r)\n")]
    private static partial Regex BareLineEnd();

    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]")]
    private static partial Regex Control();

    [GeneratedRegex(@"^(?<method>[!#$%&'*+.^_`|~0-9A-Za-z-]+) (?<target>[^ \t]+) HTTP/1\.(?<minor>[01])\z")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?<value>.*?)[ \t]*\z")]
    private static partial Regex Header();

    [GeneratedRegex(@"^([A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?\z")]
    private static partial Regex HostValue();

    [GeneratedRegex(@"^[0-9]{1,18}\z")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(?<size>[0-9A-Fa-f]{1,15})([ \t]*;.*)?\z")]
    private static partial Regex ChunkSize();
}
