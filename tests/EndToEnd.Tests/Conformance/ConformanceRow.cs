using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>
/// One line of a case's <c>requests.tsv</c>. Its four columns are a sentence, <c>[3× ]GET /path[ HTTP/1.1][ | Name: value]*</c>,
/// <c>200[ | sought field]*</c> and <c>[3× ]backend[ /path][ | sought field]*</c>, where <c>-</c> is nothing at all and <c>?</c> whatever it was.
/// </summary>
/// <param name="Case">Its folder, whose name is a sentence too.</param>
/// <param name="Sentence">What is proven.</param>
/// <param name="Only">The one version it is asked over; null when the answer is the same over both.</param>
internal sealed record ConformanceRow(string Case, string Sentence, ConformanceRequest Request, int Times, Version? Only, int Status, SoughtFields Answer)
{
    private const string HostLine = "Host\t";
    private const string Separator = " | ";

    /// <summary>Null when it does not matter what backends receive.</summary>
    public ConformanceReceipt? Received { get; private init; }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Conformance", "Cases");

    public static ImmutableArray<string> Cases { get; } = [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static ImmutableArray<ConformanceRow> All { get; } = [.. Cases.SelectMany(Read)];

    public static string RouteOf(string @case) => File.ReadAllText(Path.Combine(Folder, @case, "route.yaml"));

    private static IEnumerable<ConformanceRow> Read(string @case)
    {
        var lines = File.ReadLines(Path.Combine(Folder, @case, "requests.tsv")).Where(line => line.Length > 0 && !line.StartsWith('#')).ToImmutableArray();
        var host = lines[0][HostLine.Length..];

        return lines.Skip(1).Select(line => Of(@case, host, line.Split('\t')));
    }

    private static ConformanceRow Of(string @case, string host, string[] columns)
    {
        var (times, asked) = Counted(columns[1]);
        var parts = asked.Split(Separator);
        var line = parts[0].Split(' ');
        var headers = parts.Skip(1).Select(SoughtFields.Split).ToImmutableArray();
        var request = new ConformanceRequest(
            line[0],
            line[1],
            headers.FirstOrDefault(header => header.Name == "Host").Value ?? host,
            [.. headers.Where(header => header.Name != "Host")]);
        var answer = columns[2].Split(Separator);

        return new ConformanceRow(
            @case,
            columns[0],
            request,
            times,
            line.Length > 2 ? HttpVersion.Version11 : null,
            int.Parse(answer[0], CultureInfo.InvariantCulture),
            SoughtFields.Of(answer.Skip(1)))
        {
            Received = ReceiptOf(columns[3], request.Target, times),
        };
    }

    private static ConformanceReceipt? ReceiptOf(string column, string target, int times)
    {
        if (column == "?")
        {
            return null;
        }

        if (column == "-")
        {
            return ConformanceReceipt.Nothing;
        }

        var (count, received) = Counted(column);
        var parts = received.Split(Separator);
        var line = parts[0].Split(' ');

        return new ConformanceReceipt(Math.Max(count, times), line[0], line.Length > 1 ? line[1] : target, SoughtFields.Of(parts.Skip(1)));
    }

    private static (int Count, string Text) Counted(string text) =>
        text.IndexOf("× ", StringComparison.Ordinal) is var at and > 0 && int.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (count, text[(at + 2)..])
            : (1, text);
}
