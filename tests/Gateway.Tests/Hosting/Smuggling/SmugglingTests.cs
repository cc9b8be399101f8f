using System.Globalization;

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

        var (answers, received) = await gateway.SayAsync(payload.Sent, Cancellation);

        var whole = payload.WholeReceived;
        var one = Payload.WithOneId(received);
        Assert.Equal(payload.MayBreakOff ? whole[..Math.Min(whole.Length, one.Length)] : whole, one);
        Assert.Contains(StatusesOf(answers), payload.Answers);
    }

    [Fact]
    public void The_table_is_not_read_in_vain() => Assert.InRange(Payload.All.Count, 150, int.MaxValue);

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
