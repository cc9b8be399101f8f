using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Portcullis.TestKit.Clients;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>Slow clients, stalled handshakes, header bombs and resets while good clients ask; <c>make soak</c> does it with 20,000 and 5,000.</summary>
public sealed class AttackTests
{
    // As in a container of 1 GiB, of which the runtime takes three quarters for its heap.
    private const int MemoryLimit = 1024;

    // Of those that are open at one time: what one process may have, good clients and backends besides.
    private const int AtOnce = 14_000;

    // The garbage collector is that of servers, as in the image; tests use another.
    private static readonly ImmutableDictionary<string, string> Limited = ImmutableDictionary<string, string>.Empty
        .Add("DOTNET_gcServer", "1")
        .Add("DOTNET_GCHeapHardLimit", (MemoryLimit * 1024L * 1024 * 3 / 4).ToString("X", CultureInfo.InvariantCulture));

    private readonly ConcurrentQueue<string> faults = [];
    private int good;
    private int failed;
    private volatile bool over;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Good_clients_are_served_and_memory_stays_bounded()
    {
        await using var site = await SoakSite.StartAsync(Cancellation);
        site.Offer(site.Configuration(0));

        // A fifth of what they are by default while little is done, so that the limits are reached all the same.
        string[] limits = SoakScale.SlowConnections < 10_000 ? ["--max-connections", "150", "--max-handshakes", "40"] : [];
        await using var gateway = new SoakGateway(site.Operator, site.Bundles, Limited, limits);
        await gateway.StartAsync(Cancellation);
        var process = gateway.Process.Id;
        using var http1 = TestClient.To(gateway.EndPoint, site.Root, HttpVersion.Version11);
        using var http2 = TestClient.To(gateway.EndPoint, site.Root, HttpVersion.Version20);
        await Task.WhenAll(GoodAsync(http1, SoakScale.WarmRequests), GoodAsync(http2, SoakScale.WarmRequests));
        var (filesBefore, memoryBefore) = (gateway.OpenFiles, gateway.ResidentMemory);

        var asking = new[] { GoodAsync(http1), GoodAsync(http1), GoodAsync(http2), GoodAsync(http2), NewcomersAsync(gateway.EndPoint, site) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var attackers = new Attackers(gateway.EndPoint, gateway.Plain, site.Root, stop.Token);
        var most = MostAsync(gateway);
        var memory = new List<string>();
        for (var attack = 1; attack <= SoakScale.Attacks; attack++)
        {
            await AttackAsync(attackers);
            var high = gateway.ResidentMemory;
            var back = await BackToBaseLineAsync(gateway, filesBefore, memoryBefore);
            memory.Add(string.Create(CultureInfo.InvariantCulture, $"{high} at the end of attack {attack} and {back} after it"));
        }

        await stop.CancelAsync();
        over = true;
        await Task.WhenAll(asking);
        var filesMost = await most;

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"attack: {attackers.Opened} hostile connections opened ({attackers.Slow} of them slow), {attackers.Ended} ended, {filesMost} files open at most; {good} good requests, {failed} failed; resident memory {memoryBefore} MiB before, {gateway.PeakMemory} at most, {string.Join(", ", memory)}; open files {filesBefore} before, {gateway.OpenFiles} when all were gone"));
        foreach (var fault in faults.Take(20))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(fault.ReplaceLineEndings(" "));
        }

        Assert.True(failed <= good / 1000, $"{failed} of {good} failed, such as: {string.Join(Environment.NewLine, faults.Take(5))}");
        Assert.InRange(gateway.PeakMemory, 0, MemoryLimit);
        Assert.False(gateway.Process.HasExited);
        Assert.Equal(process, gateway.Process.Id);
        await GoodAsync(http2, requests: 50);
    }

    private static async Task AttackAsync(Attackers attackers)
    {
        IEnumerable<Func<Task>> attacks =
        [
            .. Enumerable.Repeat<Func<Task>>(attackers.StallAsync, SoakScale.StalledHandshakes),
            .. Enumerable.Repeat<Func<Task>>(attackers.BombAsync, SoakScale.Bombs),
            .. Enumerable.Repeat<Func<Task>>(attackers.ResetStreamsAsync, SoakScale.Bombs),
            .. Enumerable.Repeat<Func<Task>>(attackers.ResetAsync, SoakScale.Bombs),
            .. Enumerable.Repeat<Func<Task>>(attackers.SlowAsync, SoakScale.SlowConnections),
        ];
        var order = attacks.ToArray();
        Random.Shared.Shuffle(order);

        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (attack, _) => await attack());
    }

    private async Task GoodAsync(HttpClient client, int requests = int.MaxValue)
    {
        for (var number = 0; number < requests && !over; number++)
        {
            await AskAsync(client);
        }
    }

    /// <summary>Each on a connection of its own: the gateway must have room for it.</summary>
    private async Task NewcomersAsync(IPEndPoint gateway, SoakSite site)
    {
        while (!over)
        {
            using var client = TestClient.To(gateway, site.Root, HttpVersion.Version20);
            await AskAsync(client);
        }
    }

    private async Task AskAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"https://{SoakSite.Host}/"), Cancellation);
            var body = await answer.Content.ReadAsStringAsync(Cancellation);
            if (answer.StatusCode != HttpStatusCode.OK || body != SoakSite.AnswerOf(0))
            {
                faults.Enqueue($"{(int)answer.StatusCode} {body}");
            }

            Interlocked.Increment(ref answer.StatusCode == HttpStatusCode.OK && body == SoakSite.AnswerOf(0) ? ref good : ref failed);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException && !Cancellation.IsCancellationRequested)
        {
            Interlocked.Increment(ref failed);
            faults.Enqueue(lost.ToString());
        }
    }

    private async Task<int> MostAsync(SoakGateway gateway)
    {
        var most = 0;
        while (!over)
        {
            most = Math.Max(most, gateway.OpenFiles);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        }

        return most;
    }

    /// <returns>Resident memory, in MiB, when it was again what it was before: half as much more is the code that only an attack runs, and what good clients do meanwhile.</returns>
    private static async Task<long> BackToBaseLineAsync(SoakGateway gateway, int files, long memory)
    {
        // Connections to backends and the like come and go; thousands of clients do not.
        while (gateway.OpenFiles > files + 40)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        await gateway.Process.WaitUntilAsync(_ => Task.FromResult(gateway.ResidentMemory <= memory + (memory / 2)), patience.Token);

        return gateway.ResidentMemory;
    }
}
