using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Watches: from a version on, every change, in order, once.</summary>
public sealed class WatchingTests(BehaviourCluster cluster)
{
    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task A_watch_from_a_lists_version_tells_every_change_after_it()
    {
        var path = await MadeAsync("a");
        var from = (await api.GetAsync(path)).Good.Version();

        // Before the watch begins: it is told nevertheless.
        await api.CreateAsync(path, Objects.Secret("b"));
        using var watch = await api.WatchAsync($"{path}?watch=true&resourceVersion={from}");
        await watch.NextAsync("ADDED", "b");
        await api.MergeAsync($"{path}/a", Json.Parse("""{"data": {"key": "Mg=="}}"""));
        Assert.Equal("Mg==", (await watch.NextAsync("MODIFIED", "a")).Text("data", "key"));
        await api.DeleteAsync($"{path}/a");
        var gone = await watch.NextAsync("DELETED", "a");

        Assert.Equal("Mg==", gone.Text("data", "key"));
        Assert.Equal("Secret", gone.Text("kind"));
        Assert.True(long.Parse(gone.Version()) > long.Parse(from) + 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&resourceVersion=0")]
    public async Task A_watch_from_no_version_begins_with_what_is_there(string version)
    {
        var path = await MadeAsync("a", "b");
        await ApiClient.EventuallyAsync(() => api.GetAsync($"{path}?resourceVersion=0"), answer => answer.Good.Names().Count() == 2);

        using var watch = await api.WatchAsync($"{path}?watch=true{version}");

        await watch.NextAsync("ADDED", "a");
        await watch.NextAsync("ADDED", "b");
        await api.DeleteAsync($"{path}/a");
        await watch.NextAsync("DELETED", "a");
    }

    [Fact]
    public async Task Entering_and_leaving_a_selection_looks_like_coming_and_going()
    {
        var path = await MadeAsync("a");
        var from = (await api.GetAsync(path)).Good.Version();
        using var watch = await api.WatchAsync($"{path}?watch=true&resourceVersion={from}&labelSelector=team%3Dshop");

        await api.MergeAsync($"{path}/a", Json.Parse("""{"metadata": {"labels": {"team": "shop"}}}"""));
        await watch.NextAsync("ADDED", "a");
        var left = (await api.MergeAsync($"{path}/a", Json.Parse("""{"metadata": {"labels": {"team": "other"}}}"""))).Good;
        var gone = await watch.NextAsync("DELETED", "a");

        // Its last state in the selection, at the version with which it left.
        Assert.Equal("shop", gone.Text("metadata", "labels", "team"));
        Assert.Equal(left.Version(), gone.Version());
    }

    [Fact]
    public async Task A_watch_of_one_name_tells_of_that_one()
    {
        var path = await MadeAsync();
        var from = (await api.GetAsync(path)).Good.Version();
        using var watch = await api.WatchAsync($"{path}?watch=true&resourceVersion={from}&fieldSelector=metadata.name%3Db");

        await api.CreateAsync(path, Objects.Secret("a"));
        await api.CreateAsync(path, Objects.Secret("b"));

        await watch.NextAsync("ADDED", "b");
    }

    [Fact]
    public async Task A_version_older_than_history_expires_inside_the_watch()
    {
        // The history of a kind begins when it is served, so 1 is too old for a kind of this run.
        using var watch = await api.WatchAsync($"/apis/{cluster.Group}/v1alpha1/backendroutes?watch=true&resourceVersion=1");

        var error = await watch.NextAsync();

        Assert.Equal("ERROR", error.Text("type"));
        Assert.Equal("Expired", error.At("object").Text("reason"));
        Assert.Equal(410, error.At("object", "code")!.GetValue<int>());
        Assert.Null(await watch.TryNextAsync());
    }

    [Fact]
    public async Task A_watch_ends_in_order_at_its_time_after_a_bookmark()
    {
        var path = await MadeAsync("a");
        var from = (await api.GetAsync(path)).Good.Version();
        using var watch = await api.WatchAsync($"{path}?watch=true&resourceVersion={from}&allowWatchBookmarks=true&timeoutSeconds=8");

        var bookmark = await watch.NextAsync();

        Assert.Equal("BOOKMARK", bookmark.Text("type"));
        Assert.Equal("Secret", bookmark.At("object").Text("kind"));
        Assert.True(long.Parse(bookmark.At("object").Version()) >= long.Parse(from));
        while (await watch.TryNextAsync() is { } more)
        {
            Assert.Equal("BOOKMARK", more.Text("type"));
        }
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        var path = await MadeAsync("a");

        using var watch = await api.WatchAsync($"{path}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");

        await watch.NextAsync("ADDED", "a");
        var bookmark = await watch.NextAsync();
        Assert.Equal("BOOKMARK", bookmark.Text("type"));
        Assert.Equal("true", bookmark.At("object").Text("metadata", "annotations", "k8s.io/initial-events-end"));
    }

    [Fact]
    public async Task A_write_that_changes_nothing_is_not_told()
    {
        var path = await MadeAsync("a");
        var before = (await api.GetAsync($"{path}/a")).Good;
        using var watch = await api.WatchAsync($"{path}?watch=true&resourceVersion={before.Version()}");

        var same = (await api.MergeAsync($"{path}/a", Json.Parse("""{"data": {"key": "dmFsdWU="}}"""))).Good;
        await api.CreateAsync(path, Objects.Secret("b"));

        Assert.Equal(before.Version(), same.Version());
        await watch.NextAsync("ADDED", "b");
    }

    [Fact]
    public async Task Several_hundred_watches_can_be_open_at_once()
    {
        var path = await MadeAsync("a");
        var from = (await api.GetAsync(path)).Good.Version();
        var watches = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => api.WatchAsync($"{path}?watch=true&resourceVersion={from}")));

        await api.CreateAsync(path, Objects.Secret("b"));

        foreach (var watch in watches)
        {
            await watch.NextAsync("ADDED", "b");
            watch.Dispose();
        }
    }

    private async Task<string> MadeAsync(params string[] names)
    {
        var path = $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/secrets";
        foreach (var name in names)
        {
            _ = (await api.CreateAsync(path, Objects.Secret(name))).Good;
        }

        return path;
    }
}
