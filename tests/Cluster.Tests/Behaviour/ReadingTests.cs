using System.Net;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>GET and list: one moment, in pages, at a version.</summary>
public sealed class ReadingTests(BehaviourCluster cluster)
{
    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task A_list_says_the_version_it_is_of_and_its_items_do_not_say_their_kind()
    {
        var path = await MadeAsync("a");

        var list = (await api.GetAsync(path)).Good;

        Assert.Equal("SecretList v1", $"{list.Text("kind")} {list.Text("apiVersion")}");
        Assert.True(long.Parse(list.Version()) >= long.Parse(list.Items("items")[0].Version()));
        Assert.Null(list.Items("items")[0].At("kind"));
    }

    [Fact]
    public async Task Items_of_custom_resources_say_their_kind()
    {
        var path = $"/apis/{cluster.Group}/v1alpha1/namespaces/{await cluster.NamespaceAsync()}/trustbundles";
        _ = (await api.CreateAsync(path, Objects.TrustBundle(cluster.Group, "corp"))).Good;

        Assert.Equal("TrustBundle", (await api.GetAsync(path)).Good.Items("items")[0].Text("kind"));
    }

    [Fact]
    public async Task Pages_are_of_one_moment()
    {
        var path = await MadeAsync("a", "b", "c");

        var first = (await api.GetAsync($"{path}?limit=2")).Good;
        await api.DeleteAsync($"{path}/c");
        await api.CreateAsync(path, Objects.Secret("d"));
        var second = (await api.GetAsync($"{path}?limit=2&continue={Uri.EscapeDataString(first.Text("metadata", "continue"))}")).Good;

        Assert.Equal(["a", "b"], first.Names());
        Assert.Equal(1, first.At("metadata", "remainingItemCount")!.GetValue<long>());
        Assert.Equal(["c"], second.Names());
        Assert.Equal(first.Version(), second.Version());
        Assert.Equal("", second.Text("metadata", "continue"));
    }

    [Fact]
    public async Task A_page_with_a_selector_does_not_say_how_many_remain()
    {
        var path = await MadeAsync("a", "b");

        var first = (await api.GetAsync($"{path}?limit=1&labelSelector=team!%3Dx")).Good;

        Assert.NotEqual("", first.Text("metadata", "continue"));
        Assert.Null(first.At("metadata", "remainingItemCount"));
    }

    [Fact]
    public async Task Lists_are_in_the_order_of_names()
    {
        var path = await MadeAsync("b", "a", "a-b", "a.b");

        Assert.Equal(["a", "a-b", "a.b", "b"], (await api.GetAsync(path)).Good.Names());
    }

    [Fact]
    public async Task Any_version_will_do_for_version_0_which_knows_no_pages()
    {
        var path = await MadeAsync("a", "b");
        await ApiClient.EventuallyAsync(() => api.GetAsync($"{path}?resourceVersion=0"), answer => answer.Good.Names().Count() == 2);

        Assert.Equal(["a", "b"], (await api.GetAsync($"{path}?resourceVersion=0&limit=1")).Good.Names());
    }

    [Fact]
    public async Task A_version_means_not_older_and_exactly_where_that_is_asked()
    {
        var path = await MadeAsync("a");
        var then = (await api.GetAsync(path)).Good.Version();
        await api.CreateAsync(path, Objects.Secret("b"));
        var now = (await api.GetAsync(path)).Good.Version();

        Assert.Equal(["a", "b"], (await api.GetAsync($"{path}?resourceVersion={now}&resourceVersionMatch=NotOlderThan")).Good.Names());
        var exact = (await api.GetAsync($"{path}?resourceVersion={then}&resourceVersionMatch=Exact")).Good;
        Assert.Equal(["a"], exact.Names());
        Assert.Equal(then, exact.Version());
        // The older way to ask for the same: with a limit, without a word on matching.
        Assert.Equal(["a"], (await api.GetAsync($"{path}?resourceVersion={then}&limit=5")).Good.Names());
    }

    [Fact]
    public async Task A_version_of_the_future_is_too_large()
    {
        var path = await MadeAsync("a");
        var future = long.Parse((await api.GetAsync(path)).Good.Version()) + 1_000_000;

        var refused = (await api.GetAsync($"{path}?resourceVersion={future}")).Refused(HttpStatusCode.GatewayTimeout, "Timeout");

        Assert.Contains("Too large resource version", refused.Message, StringComparison.Ordinal);
        Assert.Equal("ResourceVersionTooLarge", refused.Body.Items("details", "causes")[0].Text("reason"));
    }

    [Fact]
    public async Task Contradictory_options_are_refused()
    {
        var path = await MadeAsync("a", "b");
        var token = Uri.EscapeDataString((await api.GetAsync($"{path}?limit=1")).Good.Text("metadata", "continue"));

        (await api.GetAsync($"{path}?resourceVersionMatch=Exact")).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        (await api.GetAsync($"{path}?resourceVersion=0&resourceVersionMatch=Exact")).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        (await api.GetAsync($"{path}?resourceVersion=5&continue={token}")).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.GetAsync($"{path}?continue=nonsense")).Refused(HttpStatusCode.BadRequest, "BadRequest");
    }

    [Fact]
    public async Task Selectors_choose_by_labels_and_by_name()
    {
        var path = await MadeAsync("a", "b");
        await api.MergeAsync($"{path}/b", Json.Parse("""{"metadata": {"labels": {"team": "shop"}}}"""));

        Assert.Equal(["b"], (await api.GetAsync($"{path}?labelSelector=team%3Dshop")).Good.Names());
        Assert.Equal(["b"], (await api.GetAsync($"{path}?labelSelector=team")).Good.Names());
        Assert.Equal(["a"], (await api.GetAsync($"{path}?labelSelector=!team")).Good.Names());
        Assert.Equal(["a"], (await api.GetAsync($"{path}?labelSelector=team!%3Dshop")).Good.Names());
        Assert.Equal(["a"], (await api.GetAsync($"{path}?fieldSelector=metadata.name%3Da")).Good.Names());
        Assert.Equal([], (await api.GetAsync($"{path}?fieldSelector=metadata.name%3Dc")).Good.Names());
        (await api.GetAsync($"{path}?fieldSelector=spec.none%3Da")).Refused(HttpStatusCode.BadRequest, "BadRequest");
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_by_its_plural()
    {
        var path = await MadeAsync();

        var refused = (await api.GetAsync($"{path}/absent")).Refused(HttpStatusCode.NotFound, "NotFound");

        Assert.Equal("secrets \"absent\" not found", refused.Message);
        Assert.Equal("absent secrets", $"{refused.Body.Text("details", "name")} {refused.Body.Text("details", "kind")}");
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
