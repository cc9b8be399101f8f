using System.Globalization;
using System.Text.RegularExpressions;

namespace Portcullis.Gateway.Tests.Hosting.Smuggling;

/// <summary>Requests that two parties on the way could read differently: what the backend receives is exactly one reading, or nothing.</summary>
public sealed class SmugglingTests(SmugglingGateway gateway) : IClassFixture<SmugglingGateway>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Sentences => [.. Payload.All.Select(payload => payload.Sentence)];

    [Theory]
    [MemberData(nameof(Sentences))]
    public async Task The_backend_receives_one_reading_or_nothing(string sentence)
    {
        var payload = Payload.All.Single(candidate => candidate.Sentence == sentence);

        var outcome = await gateway.SayAsync(payload.Sent, Cancellation);

        var whole = payload.WholeReceived;
        var one = Payload.WithOneId(outcome.Received);
        Assert.Equal(payload.MayBreakOff ? whole[..Math.Min(whole.Length, one.Length)] : whole, one);
        Assert.Contains(StatusesOf(outcome.Answers), payload.Answers);
        Assert.Equal(outcome.Heads.Select(AsReceived), outcome.Logged.Take(outcome.Heads.Length).Select(AsLogged));
        Assert.True(payload.MayBreakOff || outcome.Logged.Length == outcome.Heads.Length, string.Join('\n', outcome.Logged));
    }

    [Fact]
    public void The_table_is_not_read_in_vain() => Assert.InRange(Payload.All.Count, 150, int.MaxValue);

    /// <summary>Method, host, path, and the id by which the two are the same request; a query is not logged.</summary>
    private static string AsReceived(string head)
    {
        var line = head.Split("\r\n")[0].Split(' ');
        var host = Regex.Match(head, "\r\nHost: (.*?)\r\n").Groups[1].Value;
        var id = Regex.Match(head, "\r\nX-Request-ID: (.*?)\r\n").Groups[1].Value;

        return $"{line[0]} https://{host}{line[1].Split('?')[0]} {id}";
    }

    private static string AsLogged(string line)
    {
        var fields = line.Split(' ');
        var id = fields.Single(field => field.StartsWith("RequestId=", StringComparison.Ordinal))["RequestId=".Length..];

        return $"{fields[1]} {fields[2]} {id}";
    }

    private static string StatusesOf(string answers)
    {
        var statuses = new List<string>();
        while (answers.Length > 0)
        {
            Assert.StartsWith("HTTP/1.1 ", answers, StringComparison.Ordinal);
            var head = answers[..(answers.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
            var status = head.Substring("HTTP/1.1 ".Length, 3);
            statuses.Add(status);
            answers = answers[(head.Length + (status == "100" ? 0 : LengthIn(head)))..];
        }

        return string.Join(' ', statuses);
    }

    private static int LengthIn(string head)
    {
        const string Name = "\r\nContent-Length: ";
        var start = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase) + Name.Length;

        return int.Parse(head.AsSpan(start, head.IndexOf('\r', start) - start), CultureInfo.InvariantCulture);
    }
}
