using System.Globalization;
using System.Net;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>
/// What Gateway API asks of an HTTPRoute, from manifests to what a backend receives. Each folder under Cases has its routes and a table of requests;
/// docs/gateway-api.md has what is the same, what differs and what is not offered.
/// </summary>
public sealed class ConformanceTests(ConformanceSite site) : IClassFixture<ConformanceSite>
{
    public static TheoryData<string, string, string> Rows => new(
        from row in ConformanceRow.All
        from version in new[] { HttpVersion.Version11, HttpVersion.Version20 }
        where row.Only is null || row.Only == version
        select (row.Case, row.Sentence, version.ToString()));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_request_is_treated_as_the_table_says(string @case, string sentence, string version)
    {
        var row = ConformanceRow.All.Single(candidate => candidate.Case == @case && candidate.Sentence == sentence);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var lines = new List<string>();

        for (var time = 0; time < row.Times; time++)
        {
            var (answer, received) = await site.AskAsync(row.Request, Version.Parse(version), patience.Token);

            Assert.Equal(Told(row.Status, row.Answer.ToString()), Told(answer.Status, row.Answer.FoundIn(answer.Fields)));
            lines.AddRange(row.Received?.Lines(received) ?? []);
        }

        Assert.Equal(row.Received?.Lines() ?? [], lines);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_WebSocket_is_a_GET_whatever_it_begins_with(string version)
    {
        var echoed = await site.EchoedAsync(new Uri("wss://methods.front.test/websocket"), "hello", Version.Parse(version), TestContext.Current.CancellationToken);

        Assert.Equal("hello", echoed);
    }

    [Fact]
    public void The_tables_are_not_read_in_vain() => Assert.InRange(ConformanceRow.All.Length, 200, int.MaxValue);

    private static string Told(int status, string fields) => string.Create(CultureInfo.InvariantCulture, $"{status}{fields}");
}
