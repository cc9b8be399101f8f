using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Server-side apply: each manager has its fields.</summary>
public sealed class ApplyingTests(BehaviourCluster cluster)
{
    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task Applying_makes_what_is_not_there()
    {
        var path = await PathAsync("configmaps");

        var made = await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "ours");

        Assert.Equal(HttpStatusCode.Created, made.Code);
        var owner = Assert.Single(made.Good.Items("metadata", "managedFields"));
        Assert.Equal("ours Apply v1", $"{owner.Text("manager")} {owner.Text("operation")} {owner.Text("apiVersion")}");
        Assert.True(JsonNode.DeepEquals(Json.Parse("""{"f:data": {"f:key": {}}}"""), owner["fieldsV1"]), owner.ToJsonString());
    }

    [Fact]
    public async Task Applying_the_same_again_writes_nothing()
    {
        var path = await PathAsync("configmaps");
        var made = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "ours")).Good;

        var again = await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "ours");

        Assert.Equal(HttpStatusCode.OK, again.Code);
        Assert.Equal(made.Version(), again.Good.Version());
    }

    [Fact]
    public async Task What_a_manager_no_longer_applies_is_removed_and_what_others_have_stays()
    {
        var path = await PathAsync("configmaps");
        await api.ApplyAsync($"{path}/a", Data("a", ("mine", "1"), ("both", "1")), "ours");
        await api.ApplyAsync($"{path}/a", Data("a", ("both", "1"), ("theirs", "1")), "theirs");

        var changed = (await api.ApplyAsync($"{path}/a", Data("a", ("new", "1")), "ours")).Good;

        Assert.Equal(["both", "new", "theirs"], changed["data"]!.AsObject().Select(entry => entry.Key).Order());
    }

    [Fact]
    public async Task Another_managers_field_conflicts_unless_forced()
    {
        var path = await PathAsync("configmaps");
        await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a", "1"), "theirs");

        var refused = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a", "2"), "ours")).Refused(HttpStatusCode.Conflict, "Conflict");
        var forced = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a", "2"), "ours", force: true)).Good;

        Assert.Contains("conflict with \"theirs\"", refused.Message, StringComparison.Ordinal);
        var cause = Assert.Single(refused.Body.Items("details", "causes"));
        Assert.Equal("FieldManagerConflict .data.key", $"{cause.Text("reason")} {cause.Text("field")}");
        Assert.Equal("2", forced.Text("data", "key"));
        Assert.Equal("ours", Assert.Single(forced.Items("metadata", "managedFields")).Text("manager"));
    }

    [Fact]
    public async Task A_plain_write_takes_fields_over_and_then_conflicts_with_apply()
    {
        var path = await PathAsync("configmaps");
        await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a", "1"), "ours");
        await api.MergeAsync($"{path}/a?fieldManager=hand", Json.Parse("""{"data": {"key": "2"}}"""));

        var refused = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a", "1"), "ours")).Refused(HttpStatusCode.Conflict, "Conflict");

        Assert.Contains("conflict with \"hand\" using v1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_values_are_shared_without_conflict()
    {
        var path = await PathAsync("configmaps");
        await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "theirs");

        var shared = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "ours")).Good;

        Assert.Equal(["ours", "theirs"], shared.Items("metadata", "managedFields").Select(owner => owner.Text("manager")).Order());
    }

    [Fact]
    public async Task Applying_names_its_manager()
    {
        var path = await PathAsync("configmaps");

        (await api.SendAsync(HttpMethod.Patch, $"{path}/a", Objects.ConfigMap("a"), ApiClient.ApplyPatch)).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        (await api.SendAsync(HttpMethod.Patch, $"{path}/a?force=true", Objects.ConfigMap("a"), ApiClient.MergePatch)).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    [Fact]
    public async Task What_was_applied_cannot_be_applied_back_with_its_owners()
    {
        var path = await PathAsync("configmaps");
        var made = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "ours")).Good;

        (await api.ApplyAsync($"{path}/a", made, "ours")).Refused(HttpStatusCode.BadRequest, "BadRequest");
    }

    [Fact]
    public async Task A_status_is_applied_apart_from_the_spec()
    {
        var (path, route) = await RouteAsync();

        var applied = (await api.ApplyAsync($"{path}/status", Objects.Status(route, "Ready", "True").With(status => status["spec"] = new JsonObject()), "ours")).Good;

        Assert.Equal("True", applied.Items("status", "conditions")[0].Text("status"));
        Assert.True(JsonNode.DeepEquals(route["spec"], applied["spec"]));
        Assert.Equal(route.Generation(), applied.Generation());
        Assert.NotEqual(route.Version(), applied.Version());
        var owner = applied.Items("metadata", "managedFields").Single(owner => owner.Text("manager") == "ours");
        Assert.Equal("status", owner.Text("subresource"));
        Assert.True(JsonNode.DeepEquals(
            Json.Parse("""{"f:status": {"f:conditions": {"k:{\"type\":\"Ready\"}": {".": {}, "f:type": {}, "f:status": {}, "f:reason": {}, "f:message": {}, "f:observedGeneration": {}, "f:lastTransitionTime": {}} } } }"""),
            owner["fieldsV1"]), owner.ToJsonString());
    }

    [Fact]
    public async Task Conditions_of_several_managers_live_side_by_side()
    {
        var (path, route) = await RouteAsync();
        await api.ApplyAsync($"{path}/status", Objects.Status(route, "Ready", "True"), "ours");

        var both = (await api.ApplyAsync($"{path}/status", Objects.Status(route, "Elsewhere", "True"), "theirs")).Good;
        var mine = (await api.ApplyAsync($"{path}/status", Objects.Status(route, "Programmed", "False"), "ours")).Good;

        Assert.Equal(["Elsewhere", "Ready"], both.Items("status", "conditions").Select(condition => condition.Text("type")).Order());
        Assert.Equal(["Elsewhere", "Programmed"], mine.Items("status", "conditions").Select(condition => condition.Text("type")).Order());
    }

    [Fact]
    public async Task A_status_applied_to_what_it_was_not_compared_with_conflicts()
    {
        var (path, route) = await RouteAsync();
        var current = (await api.ApplyAsync($"{path}/status", Compared(route, route.Version(), route.Uid()), "ours")).Good;

        // Somebody wrote in between: the same version again is too old now.
        (await api.ApplyAsync($"{path}/status", Compared(route, route.Version(), route.Uid()), "ours", force: true)).Refused(HttpStatusCode.Conflict, "Conflict");
        await api.DeleteAsync(path);

        // Gone: with a uid it is a conflict, without one it is not found.
        (await api.ApplyAsync($"{path}/status", Compared(route, current.Version(), route.Uid()), "ours", force: true)).Refused(HttpStatusCode.NotFound, "NotFound");
        _ = (await api.CreateAsync(path[..path.LastIndexOf('/')], Objects.Route(cluster.Group, "app"))).Good;

        // Made again: another object under the same name.
        (await api.ApplyAsync($"{path}/status", Compared(route, current.Version(), route.Uid()), "ours", force: true)).Refused(HttpStatusCode.Conflict, "Conflict");
    }

    [Fact]
    public async Task A_deleted_object_is_not_made_again_by_applying_with_its_uid()
    {
        var path = await PathAsync("configmaps");
        var made = (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a"), "ours")).Good;
        await api.DeleteAsync($"{path}/a");

        (await api.ApplyAsync($"{path}/a", Objects.ConfigMap("a").With(map => map["metadata"]!["uid"] = made.Uid()), "ours")).Refused(HttpStatusCode.Conflict, "Conflict");
    }

    [Fact]
    public async Task A_uid_alone_protects_no_status_and_elsewhere_it_is_an_invalid_change_and_no_conflict()
    {
        var (path, route) = await RouteAsync();
        var other = Compared(route, route.Version(), Guid.NewGuid().ToString());

        (await api.ApplyAsync(path, other, "ours")).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        Assert.Equal(route.Uid(), (await api.ApplyAsync($"{path}/status", other, "ours")).Good.Uid());
    }

    [Fact]
    public async Task An_unknown_field_cannot_be_applied()
    {
        var (path, _) = await RouteAsync();

        var refused = await api.ApplyAsync(path, Objects.Route(cluster.Group, "app").With(route => route["spec"]!["hostnamse"] = "x"), "ours");

        Assert.Equal(HttpStatusCode.InternalServerError, refused.Code);
        Assert.Contains(".spec.hostnamse: field not declared in schema", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_annotation_of_a_pod_is_merged_into_it()
    {
        var ns = await cluster.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/pods";
        await api.CreateAsync(
            $"/api/v1/namespaces/{ns}/serviceaccounts", Json.Parse("""{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}}"""));
        await api.CreateAsync(path, Json.Parse("""
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"serviceAccountName": "app", "automountServiceAccountToken": false, "containers": [{"name": "c", "image": "none"}]}}
            """));

        var merged = (await api.MergeAsync($"{path}/a", Json.Parse("""{"metadata": {"annotations": {"portcullis.dev/trust-published": "1"}}}"""))).Good;

        Assert.Equal("1", merged.Text("metadata", "annotations", "portcullis.dev/trust-published"));
        Assert.Equal("c", merged.Items("spec", "containers")[0].Text("name"));
    }

    private static JsonObject Compared(JsonObject route, string version, string uid) => Objects.Status(route, "Ready", "True").With(status =>
    {
        status["metadata"]!["resourceVersion"] = version;
        status["metadata"]!["uid"] = uid;
    });

    private static JsonObject Data(string name, params (string Key, string Value)[] entries) => Objects.ConfigMap(name).With(map =>
        map["data"] = new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))));

    private async Task<(string Path, JsonObject Route)> RouteAsync()
    {
        var path = $"/apis/{cluster.Group}/v1alpha1/namespaces/{await cluster.NamespaceAsync()}/backendroutes";

        return ($"{path}/app", (await api.CreateAsync(path, Objects.Route(cluster.Group, "app"))).Good);
    }

    private async Task<string> PathAsync(string plural) => $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/{plural}";
}
