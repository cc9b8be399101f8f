using System.Globalization;
using System.Text.RegularExpressions;

namespace Portcullis.Gateway.Tests.Hosting.Smuggling;

/// <summary>One line of the table, written with the escapes of C.</summary>
/// <param name="Sentence">What is tried.</param>
/// <param name="Sent">By the client, byte for byte; <c>{a*9}</c> stands for nine of them.</param>
/// <param name="Answers">Any of them: statuses in order, with blanks between; <c>-</c> in the file when the connection is closed without a word.</param>
/// <param name="Received">
/// By the backend, byte for byte, but for the id of each request. <c>-</c> for nothing; <c>{through}</c> stands for what the gateway says of the client,
/// <c>{or less}</c> for an end that may come before.
/// </param>
internal sealed record Payload(string Sentence, string Sent, string[] Answers, string Received)
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private const string OrLess = "{or less}";

    private const string Through =
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: shop.test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\n"
        + "Forwarded: for=127.0.0.1;host=\"shop.test\";proto=https\r\nX-Request-ID: " + Id + "\r\n";

    public static IReadOnlyList<Payload> All { get; } = [.. Read()];

    /// <summary>Whether the backend may receive only the beginning: the request breaks off, and how far it had come is chance.</summary>
    public bool MayBreakOff => Received.EndsWith(OrLess, StringComparison.Ordinal);

    public string WholeReceived => MayBreakOff ? Received[..^OrLess.Length] : Received;

    /// <summary>Every id is made anew; here all are the same, also one that a connection was cut off in.</summary>
    public static string WithOneId(string received) => Regex.Replace(received, "(?<=\r\nX-Request-ID: )[0-9a-f]{1,32}(?=\r|\\z)", id => Id[..id.Length]);

    private static IEnumerable<Payload> Read() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Hosting", "Smuggling", "payloads.tsv"))
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(line => line.Split('\t'))
        .Select(fields => new Payload(
            fields[0],
            Unescaped(fields[1]),
            [.. fields[2].Split('|').Select(OrNothing)],
            Unescaped(OrNothing(fields[3])).Replace("{through}", Through, StringComparison.Ordinal)));

    private static string OrNothing(string text) => text == "-" ? "" : text;

    private static string Unescaped(string text) => Regex.Unescape(
        Regex.Replace(text, @"\{a\*([0-9]+)\}", many => new string('a', int.Parse(many.Groups[1].ValueSpan, CultureInfo.InvariantCulture))));
}
