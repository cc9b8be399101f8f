using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Tests.Leading;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Identity;

public sealed class SessionKeeperTests : IAsyncLifetime
{
    private static readonly ResourceKey Secret = new("default", "sessions");
    private readonly ElectionClock clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<IDisposable> owned = [];
    private readonly List<SessionKeeper> running = [];
    private readonly TestLog log = new();
    private ApiServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await ApiServer.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var keeper in running)
        {
            await keeper.StopAsync(CancellationToken.None);
            keeper.Dispose();
        }

        owned.ForEach(one => one.Dispose());
        await server.DisposeAsync();
        log.Dispose();
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task The_key_is_made_once_kept_in_its_Secret_and_told_to_no_log()
    {
        var first = (await StartAsync()).Value!;
        var later = (await StartAsync()).Value!;

        Assert.True(first.IsSameAs(later));
        Assert.Equal("Opaque", server.Objects.Find("Secret", Secret)!["type"]!.GetValue<string>());
        Assert.DoesNotContain(log.Lines.Entries, line => line.Message.Contains(first.ToBase64(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replicas_that_start_together_agree_on_one_key()
    {
        var keys = await Task.WhenAll(StartAsync(), StartAsync(), StartAsync());
        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.All(keys, known => Assert.True(known.Value!.IsSameAs(keys[0].Value)));
    }

    [Fact]
    public async Task Deleting_the_Secret_leads_every_replica_to_the_same_new_key()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var old = one.Value!;

        server.Objects.Delete("Secret", Secret);
        await PassAsync(TimeSpan.FromSeconds(12));

        Assert.False(old.IsSameAs(one.Value));
        Assert.True(one.Value!.IsSameAs(two.Value));
        Assert.Contains(log.Lines.Entries, line => line.Message.Contains("Session cookies get a new key", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_Secret_that_holds_something_else_leaves_the_key_in_place_and_the_log_says_what_to_do()
    {
        log.Announce("could not be kept");
        var keys = await StartAsync();
        var key = keys.Value;
        var good = server.Objects.Find("Secret", Secret)!["data"]!["session.key"]!.GetValue<string>();

        server.Objects.Apply("{apiVersion: v1, kind: Secret, metadata: {namespace: default, name: sessions}, data: {session.key: bm90IGEga2V5}}");
        await PassAsync(TimeSpan.FromSeconds(12));
        var meanwhile = keys.Value;
        server.Objects.Apply($"{{apiVersion: v1, kind: Secret, metadata: {{namespace: default, name: sessions}}, data: {{session.key: {good}}}}}");
        await PassAsync(TimeSpan.FromSeconds(6));

        Assert.Same(key, meanwhile);
        Assert.Same(key, keys.Value);
        var line = Assert.Single(log.Lines.Entries, line => line.Message.Contains("could not be kept", StringComparison.Ordinal));
        Assert.Contains("kubectl delete secret --namespace default sessions", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not a key", line.Message, StringComparison.Ordinal);
    }

    private async Task<Latest<SessionKey>> StartAsync()
    {
        var api = new ApiConnection(new ApiServerAddress { Address = server.Address, CaPem = server.Authority.Pem, Token = server.AdminToken }, TimeProvider.System);
        var keys = new Latest<SessionKey>();
        var keeper = new SessionKeeper(new SessionSecret(api, Secret).OpenAsync, keys, clock, log.For<SessionKeeper>()) { Interval = TimeSpan.FromSeconds(2) };
        owned.Add(api);
        running.Add(keeper);
        await keeper.StartAsync(Cancellation);

        // Whoever loses the race sleeps before it looks again.
        while (keys.Value is null)
        {
            await clock.PassAsync(TimeSpan.FromSeconds(0.25), candidates: 1);
        }

        return keys;
    }

    // Every keeper sleeps before the clock moves on.
    private Task PassAsync(TimeSpan time) => clock.PassAsync(time, running.Count);
}
