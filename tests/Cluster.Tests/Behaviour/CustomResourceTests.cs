using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Our definitions in force: what is dropped, filled in and refused, and how they come and go.</summary>
public sealed class CustomResourceTests(BehaviourCluster cluster)
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task Defaults_are_filled_in()
    {
        var path = await PathAsync("backendroutes");

        var made = (await api.CreateAsync(path, Objects.Route(cluster.Group, "app"))).Good;

        Assert.Equal("default", made.Items("spec", "gateways")[0].GetValue<string>());
        Assert.Equal("HTTP11", made.Items("spec", "backends")[0].Text("protocol"));
        Assert.Equal(1, made.Generation());
    }

    [Fact]
    public async Task Unknown_fields_are_dropped_or_refused_where_that_is_asked()
    {
        var path = await PathAsync("backendroutes");
        var odd = Objects.Route(cluster.Group, "app").With(route => route["spec"]!["backends"]![0]!["tsl"] = "x");

        var strict = (await api.CreateAsync($"{path}?fieldValidation=Strict", odd)).Refused(HttpStatusCode.BadRequest, "BadRequest");
        var made = await api.CreateAsync(path, odd);

        Assert.Contains("strict decoding error: unknown field \"spec.backends[0].tsl\"", strict.Message, StringComparison.Ordinal);
        Assert.Null(made.Good.Items("spec", "backends")[0].At("tsl"));
        Assert.Contains("unknown field", Assert.Single(made.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_refuses_what_is_missing_wrong_or_too_much()
    {
        var path = await PathAsync("backendroutes");

        await RefusedAsync(route => route["spec"]!.AsObject().Remove("hostnames"), "spec.hostnames");
        await RefusedAsync(route => route["spec"]!["backends"]![0]!.AsObject().Remove("tls"), "spec.backends[0].tls");
        await RefusedAsync(route => route["spec"]!["backends"]![0]!["protocol"] = "HTTP3", "spec.backends[0].protocol");
        await RefusedAsync(route => route["spec"]!["hostnames"]![0] = "Not_A_Name", "spec.hostnames[0]");
        await RefusedAsync(route => route["spec"]!["hostnames"] = "app.example.com", "spec.hostnames");
        await RefusedAsync(route => route["spec"]!["backends"]![0]!["serviceRef"]!["port"] = 70_000, "spec.backends[0].serviceRef.port");

        async Task RefusedAsync(Action<JsonObject> spoil, string field)
        {
            var refused = (await api.CreateAsync(path, Objects.Route(cluster.Group, "app").With(spoil))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");

            Assert.Contains(field, refused.Body.Items("details", "causes").Select(cause => cause.Text("field")));
        }
    }

    [Fact]
    public async Task The_rules_of_the_schema_refuse_with_their_message()
    {
        var path = await PathAsync("backendroutes");

        var refused = (await api.CreateAsync(path, Objects.Route(cluster.Group, "app").With(route =>
            route["spec"]!["backends"]![0]!["endpoints"] = new JsonArray(new JsonObject { ["ip"] = "10.0.0.1", ["port"] = 443 }))))
            .Refused(HttpStatusCode.UnprocessableEntity, "Invalid");

        Assert.Contains("exactly one of", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_generation_counts_changes_of_the_spec_and_of_nothing_else()
    {
        var path = await PathAsync("backendroutes");
        var made = (await api.CreateAsync(path, Objects.Route(cluster.Group, "app"))).Good;

        var labelled = (await api.MergeAsync($"{path}/app", Json.Parse("""{"metadata": {"labels": {"a": "b"}}}"""))).Good;
        var reported = (await api.MergeAsync($"{path}/app/status", Json.Parse("""{"status": {"programmedReplicas": "1/1"}}"""))).Good;
        var changed = (await api.MergeAsync($"{path}/app", Json.Parse("""{"spec": {"hostnames": ["other.example.com"]}}"""))).Good;

        Assert.Equal([1, 1, 1, 2], new[] { made, labelled, reported, changed }.Select(route => route.Generation()));
        Assert.Equal(4, new[] { made, labelled, reported, changed }.Select(route => route.Version()).Distinct().Count());
    }

    [Fact]
    public async Task Spec_and_status_are_written_through_their_own_door()
    {
        var path = await PathAsync("backendroutes");
        var made = (await api.CreateAsync(path, Objects.Route(cluster.Group, "app").With(route => route["status"] = Json.Parse("""{"programmedReplicas": "9/9"}""")))).Good;

        var through = (await api.MergeAsync($"{path}/app", Json.Parse("""{"status": {"programmedReplicas": "8/8"}}"""))).Good;
        var again = (await api.MergeAsync($"{path}/app", Json.Parse("""{"status": {"programmedReplicas": "8/8"}}"""))).Good;
        var status = (await api.ReplaceAsync($"{path}/app/status", through.With(route =>
        {
            route["status"] = Json.Parse("""{"programmedReplicas": "1/1"}""");
            route["spec"]!["hostnames"]![0] = "other.example.com";
            route["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };
        }))).Good;

        Assert.Equal("", made.Text("status", "programmedReplicas"));
        Assert.Equal("", through.Text("status", "programmedReplicas"));
        // The defaults of the status are stored by the first write after the one that made the object; then there is nothing left to write.
        Assert.NotEqual(made.Version(), through.Version());
        Assert.Equal(through.Version(), again.Version());
        Assert.Equal("1/1", status.Text("status", "programmedReplicas"));
        Assert.Equal("app.example.com", status.Items("spec", "hostnames")[0].GetValue<string>());
        Assert.Null(status.At("metadata", "labels"));
    }

    [Fact]
    public async Task Patches_that_custom_resources_do_not_take_are_refused()
    {
        var path = await PathAsync("backendroutes");
        await api.CreateAsync(path, Objects.Route(cluster.Group, "app"));

        (await api.SendAsync(HttpMethod.Patch, $"{path}/app", [], "application/strategic-merge-patch+json")).Refused(HttpStatusCode.UnsupportedMediaType, "UnsupportedMediaType");
    }

    [Fact]
    public async Task A_kind_comes_and_goes_with_its_definition()
    {
        var (group, path) = ($"g{cluster.Unique("x")}.example.com", $"/apis/g{cluster.Unique("y")}.example.com/v1alpha1");
        path = $"/apis/{group}/v1alpha1";
        var yaml = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "crds", "portcullis.dev_trustbundles.yaml"), TestContext.Current.CancellationToken);
        var ns = await cluster.NamespaceAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{path}/trustbundles")).Code);
        await cluster.InstallAsync(BehaviourCluster.Definition(yaml, group));
        var made = (await api.CreateAsync($"{path}/namespaces/{ns}/trustbundles", Objects.TrustBundle(group, "corp"))).Good;
        using var watch = await api.WatchAsync($"{path}/trustbundles?watch=true&resourceVersion={made.Version()}");
        var definition = (await api.GetAsync($"{Definitions}/trustbundles.{group}")).Good;
        using var definitions = await api.WatchAsync($"{Definitions}?watch=true&resourceVersion={definition.Version()}&fieldSelector=metadata.name%3Dtrustbundles.{group}");

        Assert.Contains("Established True", definition.Items("status", "conditions").Select(condition => $"{condition.Text("type")} {condition.Text("status")}"));
        await api.DeleteAsync($"{Definitions}/trustbundles.{group}");
        await watch.NextAsync("DELETED", "corp");
        while ((await definitions.NextAsync()).Text("type") != "DELETED")
        {
            // It is marked as going first, in as many steps as the server takes.
        }

        var gone = await ApiClient.EventuallyAsync(() => api.GetAsync($"{path}/trustbundles"), answer => answer.Code == HttpStatusCode.NotFound);
        Assert.Equal("404 page not found\n", gone.Text);
    }

    private async Task<string> PathAsync(string plural) => $"/apis/{cluster.Group}/v1alpha1/namespaces/{await cluster.NamespaceAsync()}/{plural}";
}
