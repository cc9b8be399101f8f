using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Portcullis.TestKit.Clients;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>Gateways are restarted behind a balancer while short and long requests run; <c>make soak</c> does it 20 times.</summary>
public sealed class RestartTests
{
    private const int Workers = 8;
    private const int LongWorkers = 4;

    private readonly ConcurrentQueue<string> faults = [];
    private int shorts;
    private int longs;
    private int shortsAnswered;
    private int longsAnswered;
    private volatile bool over;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Promise", "P7")]
    public async Task No_request_fails_while_gateways_are_restarted_one_after_the_other()
    {
        await using var site = await SoakSite.StartAsync(Cancellation);
        site.Offer(site.Configuration(0));
        string[] draining = ["--drain-delay", "1s", "--drain-timeout", "30s"];
        await using var first = new SoakGateway(site.Operator, site.Bundles, ImmutableDictionary<string, string>.Empty, draining);
        await using var second = new SoakGateway(site.Operator, site.Bundles, ImmutableDictionary<string, string>.Empty, draining);
        await Task.WhenAll(first.StartAsync(Cancellation), second.StartAsync(Cancellation));
        await using var balancer = new TcpBalancer(first, second);
        using var http1 = TestClient.To(balancer.EndPoint, site.Root, HttpVersion.Version11);
        using var http2 = TestClient.To(balancer.EndPoint, site.Root, HttpVersion.Version20);

        var asking = Enumerable.Range(0, Workers).Select(worker => ShortsAsync(worker % 2 == 0 ? http1 : http2))
            .Concat(Enumerable.Range(0, LongWorkers).Select(worker => LongsAsync(worker % 2 == 0 ? http1 : http2))).ToList();
        var exits = new List<int>();
        for (var restart = 0; restart < SoakScale.Restarts; restart++)
        {
            var gateway = restart % 2 == 0 ? first : second;
            exits.Add(await gateway.Process.TerminateAsync(Cancellation));
            await gateway.StartAsync(Cancellation);
            await BothReadyAsync(balancer);
        }

        over = true;
        await Task.WhenAll(asking);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"restarts: {exits.Count}, {shortsAnswered} of {shorts} short and {longsAnswered} of {longs} long requests answered, {faults.Count} faults"));
        Assert.Empty(faults.Take(5));
        Assert.All(exits, status => Assert.Equal(0, status));
        Assert.InRange(shortsAnswered, SoakScale.ShortRequests, int.MaxValue);
        Assert.InRange(longsAnswered, SoakScale.LongRequests, int.MaxValue);
    }

    // At least as many as were asked for, and until the last restart is over.
    private async Task ShortsAsync(HttpClient client)
    {
        while (Interlocked.Increment(ref shorts) <= SoakScale.ShortRequests || !over)
        {
            await AskAsync(client, "/", SoakSite.AnswerOf(0), () => Interlocked.Increment(ref shortsAnswered));
        }

        Interlocked.Decrement(ref shorts);
    }

    private async Task LongsAsync(HttpClient client)
    {
        var whole = string.Concat(Enumerable.Range(0, SoakBackend.LongLines).Select(line => string.Create(CultureInfo.InvariantCulture, $"{line}\n")));
        while (Interlocked.Increment(ref longs) <= SoakScale.LongRequests || !over)
        {
            await AskAsync(client, "/long", whole, () => Interlocked.Increment(ref longsAnswered));
        }

        Interlocked.Decrement(ref longs);
    }

    private async Task AskAsync(HttpClient client, string path, string expected, Action answered)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"https://{SoakSite.Host}{path}"), Cancellation);
            var body = await answer.Content.ReadAsStringAsync(Cancellation);
            if (answer.StatusCode == HttpStatusCode.OK && body == expected)
            {
                answered();
            }
            else
            {
                faults.Enqueue($"{path}: {(int)answer.StatusCode} {body}");
            }
        }
        catch (HttpRequestException failure)
        {
            faults.Enqueue($"{path}: {failure}");
        }
    }

    private static async Task BothReadyAsync(TcpBalancer balancer)
    {
        while (balancer.Ready < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }
}
