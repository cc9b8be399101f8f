using System.Net;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Identity;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Identity;

public sealed class SessionKeeperTests : IAsyncLifetime
{
    private static readonly ResourceKey Secret = new("default", "sessions");
    private Replicas replicas = null!;

    private ApiServer Server => replicas.Server;

    private TestLog Log => replicas.Log;

    public async ValueTask InitializeAsync() => replicas = await Replicas.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => replicas.DisposeAsync();

    [Fact]
    [Trait("Promise", "P9")]
    public async Task The_key_is_made_once_kept_in_its_Secret_and_told_to_no_log()
    {
        var first = (await StartAsync()).Value!;
        var later = (await StartAsync()).Value!;

        Assert.True(first.IsSameAs(later));
        Assert.Equal("Opaque", Server.Objects.Find("Secret", Secret)!["type"]!.GetValue<string>());
        Assert.DoesNotContain(Log.Lines.Entries, line => line.Message.Contains(first.ToBase64(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replicas_that_start_together_agree_on_one_key()
    {
        var keys = await Task.WhenAll(StartAsync(), StartAsync(), StartAsync());
        await replicas.PassAsync(TimeSpan.FromSeconds(10));

        Assert.All(keys, known => Assert.True(known.Value!.IsSameAs(keys[0].Value)));
    }

    [Fact]
    public async Task Deleting_the_Secret_leads_every_replica_to_the_same_new_key()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var old = one.Value!;

        Server.Objects.Delete("Secret", Secret);
        await replicas.PassAsync(TimeSpan.FromSeconds(12));

        Assert.False(old.IsSameAs(one.Value));
        Assert.True(one.Value!.IsSameAs(two.Value));
        Assert.Contains(Log.Lines.Entries, line => line.Message.Contains("Session cookies get a new key", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_Secret_that_holds_something_else_leaves_the_key_in_place_and_the_log_says_what_to_do()
    {
        Log.Announce("could not be kept");
        var keys = await StartAsync();
        var key = keys.Value;
        var good = Server.Objects.Find("Secret", Secret)!["data"]!["session.key"]!.GetValue<string>();

        Server.Objects.Apply("{apiVersion: v1, kind: Secret, metadata: {namespace: default, name: sessions}, data: {session.key: bm90IGEga2V5}}");
        await replicas.PassAsync(TimeSpan.FromSeconds(12));
        var meanwhile = keys.Value;
        Server.Objects.Apply($"{{apiVersion: v1, kind: Secret, metadata: {{namespace: default, name: sessions}}, data: {{session.key: {good}}}}}");
        await replicas.PassAsync(TimeSpan.FromSeconds(6));

        Assert.Same(key, meanwhile);
        Assert.Same(key, keys.Value);
        var line = Assert.Single(Log.Lines.Entries, line => line.Message.Contains("could not be kept", StringComparison.Ordinal));
        Assert.Contains("kubectl delete secret --namespace default sessions", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not a key", line.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_server_that_fails_within_or_is_overloaded_heals_by_itself_and_is_told_once(HttpStatusCode status)
    {
        var keys = await StartAsync();
        var key = keys.Value;
        Server.Faults.Answer(2, request => request.Resource == "secrets", status);

        await replicas.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Same(key, keys.Value);
        var line = Assert.Single(Log.Lines.Entries, line => line.Message.Contains("could not be", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    private async Task<Latest<SessionKey>> StartAsync()
    {
        var keys = new Latest<SessionKey>();
        await replicas.AddAsync(
            api => new SessionKeeper(new SessionSecret(api, Secret).OpenAsync, keys, replicas.Clock, Log.For<SessionKeeper>()) { Interval = TimeSpan.FromSeconds(2) },
            _ => keys.Value is not null);

        return keys;
    }
}
