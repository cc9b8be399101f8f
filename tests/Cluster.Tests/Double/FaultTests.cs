using System.Net;
using Portcullis.Cluster.Tests.Behaviour.Kit;
using Portcullis.Contract;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.FakeApiServer.Reads;

namespace Portcullis.Cluster.Tests.Double;

/// <summary>What the double does wrong on command.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private readonly List<IDisposable> clients = [];
    private ApiServer? started;

    private ApiServer Server => started ?? throw new InvalidOperationException("It has not started.");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => started = await ApiServer.StartAsync(Cancelled);

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Requests_are_answered_with_what_is_asked_for_as_often_as_asked()
    {
        var api = Client();
        Server.Faults.Answer(2, request => request.Resource == "configmaps", HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(3));

        (await api.GetAsync(Maps)).Refused(HttpStatusCode.TooManyRequests, "TooManyRequests");
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/v1/namespaces")).Code);
        (await api.GetAsync(Maps)).Refused(HttpStatusCode.TooManyRequests, "TooManyRequests");
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(Maps)).Code);
    }

    [Fact]
    public async Task Dropped_watches_end_in_order_and_can_be_taken_up_again()
    {
        var api = Client();
        var from = (await api.GetAsync(Maps)).Good.Version();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={from}");

        Server.Faults.DropWatches();

        Assert.Null(await watch.TryNextAsync());
        Make("a");
        using var again = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={from}");
        await again.NextAsync("ADDED", "a");
    }

    [Fact]
    public async Task Hung_watches_say_nothing_until_they_resume()
    {
        var api = Client();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={Server.Objects.Revision}");
        Server.Faults.HangWatches();
        Make("a");
        var next = watch.NextAsync("ADDED", "a");
        // Something else that needs an answer: until then the watch had its chance to speak.
        Assert.Equal(["a"], (await api.GetAsync(Maps)).Good.Names());
        Assert.False(next.IsCompleted);

        Server.Faults.ResumeWatches();

        await next;
    }

    [Fact]
    public async Task Events_can_be_lost_garbled_and_slow()
    {
        var api = Client();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={Server.Objects.Revision}");
        Server.Faults.FateOfEvents = happened => happened.Name switch
        {
            "lost" => EventFate.Lose,
            "garbled" => EventFate.Garble,
            "slow" => EventFate.Trickle,
            _ => EventFate.Deliver,
        };

        Make("lost");
        Make("slow");
        Make("garbled");
        Make("whole");

        await watch.NextAsync("ADDED", "slow");
        await Assert.ThrowsAnyAsync<System.Text.Json.JsonException>(watch.TryNextAsync);
        await watch.NextAsync("ADDED", "whole");
    }

    [Fact]
    public async Task Compacted_history_expires_watches_and_pages()
    {
        var api = Client();
        Make("a", "b");
        var page = (await api.GetAsync($"{Maps}?limit=1")).Good;
        var token = Uri.EscapeDataString(page.Text("metadata", "continue"));
        Make("c");

        Server.Faults.Compact();

        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={page.Version()}");
        Assert.Equal("Expired", (await watch.NextAsync()).At("object").Text("reason"));
        var expired = (await api.GetAsync($"{Maps}?limit=1&continue={token}")).Refused(HttpStatusCode.Gone, "Expired");
        (await api.GetAsync($"{Maps}?resourceVersion={page.Version()}&resourceVersionMatch=Exact")).Refused(HttpStatusCode.Gone, "Expired");
        // The answer brings a token for the rest as it is now.
        Assert.Equal(["b", "c"], (await api.GetAsync($"{Maps}?continue={Uri.EscapeDataString(expired.Body.Text("metadata", "continue"))}")).Good.Names());
    }

    [Fact]
    public async Task A_compaction_ends_an_open_watch_that_is_behind()
    {
        var api = Client();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={Server.Objects.Revision}");
        Server.Faults.HangWatches();
        Make("a");
        Server.Faults.Compact();
        Server.Faults.ResumeWatches();

        Assert.Equal("ERROR", (await watch.NextAsync()).Text("type"));
    }

    [Fact]
    public async Task A_server_that_lags_shows_the_past_and_refuses_the_future()
    {
        var api = Client();
        Make("a");
        Server.Faults.FreezeReads();
        Make("b");
        var newest = (await api.GetAsync(Maps)).Good;

        Assert.Equal(["a", "b"], newest.Names());
        Assert.Equal(["a"], (await api.GetAsync($"{Maps}?resourceVersion=0")).Good.Names());
        (await api.GetAsync($"{Maps}?resourceVersion={newest.Version()}")).Refused(HttpStatusCode.GatewayTimeout, "Timeout");
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion=0");
        await watch.NextAsync("ADDED", "a");

        Server.Faults.CatchUp();

        await watch.NextAsync("ADDED", "b");
        Assert.Equal(["a", "b"], (await api.GetAsync($"{Maps}?resourceVersion={newest.Version()}")).Good.Names());
    }

    [Fact]
    public async Task Bookmarks_come_on_command_to_those_who_allow_them()
    {
        var api = Client();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={Server.Objects.Revision}&allowWatchBookmarks=true");
        using var plain = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={Server.Objects.Revision}");

        Server.Faults.SendBookmarks();

        var bookmark = await watch.NextAsync();
        Assert.Equal("BOOKMARK", bookmark.Text("type"));
        Assert.Equal(Server.Objects.Revision, long.Parse(bookmark.At("object").Version()));
        Make("a");
        await plain.NextAsync("ADDED", "a");
    }

    [Fact]
    public async Task An_outage_cuts_everything_and_loses_nothing()
    {
        var api = Client();
        Make("a");
        var from = (await api.GetAsync(Maps)).Good.Version();
        using var watch = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={from}");

        await Server.StopAsync();

        await Assert.ThrowsAnyAsync<Exception>(watch.NextAsync);
        await Assert.ThrowsAsync<HttpRequestException>(() => api.GetAsync(Maps));
        await Server.ResumeAsync(Cancelled);
        Assert.Equal(["a"], (await api.GetAsync(Maps)).Good.Names());
        Make("b");
        using var again = await api.WatchAsync($"{Maps}?watch=true&resourceVersion={from}");
        await again.NextAsync("ADDED", "b");
    }

    [Fact]
    public async Task A_write_can_be_stopped_before_and_after_it_happened()
    {
        var api = Client();
        var release = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        Server.Faults.BeforeAnswer = async request =>
        {
            if (request.IsWrite)
            {
                reached.SetResult();
                await release.Task;
            }
        };

        var writing = api.CreateAsync(Maps, Objects.ConfigMap("a"));
        await reached.Task.WaitAsync(Cancelled);

        Assert.NotNull(Server.Objects.Find("ConfigMap", new ResourceKey("default", "a")));
        Assert.False(writing.IsCompleted);
        release.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await writing).Code);
    }

    [Fact]
    public async Task Requests_are_recorded_and_changes_can_be_awaited()
    {
        var api = Client(Server.AddUser("somebody", "system:masters"));
        var changed = Server.ChangedAsync("ConfigMap", new ResourceKey("default", "a"), map => map.Text("data", "key") == "2", Cancelled);

        await api.CreateAsync(Maps, Objects.ConfigMap("a"));
        Assert.False(changed.IsCompleted);
        await api.MergeAsync($"{Maps}/a", Json.Parse("""{"data": {"key": "2"}}"""));

        Assert.Equal("2", (await changed).Text("data", "key"));
        Assert.Equal(["create configmaps", "patch configmaps"], Server.Requests.Entries.Where(request => request.IsWrite).Select(request => $"{request.Verb} {request.Resource}"));
        Assert.All(Server.Requests.Entries, request => Assert.Equal("somebody", request.User));
        Assert.Equal(HttpStatusCode.Created, Server.Requests.Entries[0].Status);
    }

    [Fact]
    public async Task What_the_double_does_not_do_it_says()
    {
        var api = Client();

        Assert.Equal(HttpStatusCode.NotImplemented, (await api.GetAsync("/apis/apps/v1/deployments")).Code);
        Assert.Equal(HttpStatusCode.NotImplemented, (await api.GetAsync("/api/v1/nodes")).Code);
        Assert.Equal(HttpStatusCode.NotImplemented, (await api.SendAsync(HttpMethod.Patch, $"{Maps}/a", [], "application/json-patch+json")).Code);
        Assert.Contains("does not do this", (await api.GetAsync($"{Maps}?labelSelector=a%20in%20(b)")).Message, StringComparison.Ordinal);
    }

    private void Make(params string[] names)
    {
        foreach (var name in names)
        {
            Server.Objects.Apply(Objects.ConfigMap(name).ToJsonString());
        }
    }

    private ApiClient Client(string? token = null)
    {
        var http = TestClient.ToApiServer(Server.EndPoint, Server.Authority.Certificate, clientCertificate: null);
        clients.Add(http);

        return new ApiClient(http, http, Server.Address, token ?? Server.AdminToken);
    }
}
