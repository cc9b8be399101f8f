using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Roles: what is granted, and nothing beside it.</summary>
public sealed class AccessTests(BehaviourCluster cluster)
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";

    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task Nothing_is_allowed_that_no_role_grants()
    {
        var ns = await cluster.NamespaceAsync();
        var account = await AccountAsync(ns);

        var refused = (await account.GetAsync($"/api/v1/namespaces/{ns}/configmaps/a")).Refused(HttpStatusCode.Forbidden, "Forbidden");

        Assert.Equal(
            $"configmaps \"a\" is forbidden: User \"system:serviceaccount:{ns}:operator\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"{ns}\"",
            refused.Message);
        Assert.Equal("a configmaps", $"{refused.Body.Text("details", "name")} {refused.Body.Text("details", "kind")}");
        Assert.Equal(
            $"leases.coordination.k8s.io is forbidden: User \"system:serviceaccount:{ns}:operator\" cannot list resource \"leases\" in API group \"coordination.k8s.io\" at the cluster scope",
            (await account.GetAsync("/apis/coordination.k8s.io/v1/leases")).Refused(HttpStatusCode.Forbidden, "Forbidden").Message);
    }

    [Fact]
    public async Task Everybody_may_ask_what_is_served()
    {
        var account = await AccountAsync(await cluster.NamespaceAsync());

        Assert.Equal(HttpStatusCode.OK, (await account.GetAsync("/apis")).Code);
        Assert.Equal(HttpStatusCode.OK, (await account.GetAsync("/version")).Code);
        (await account.GetAsync("/metrics")).Refused(HttpStatusCode.Forbidden, "Forbidden");
    }

    [Fact]
    public async Task A_role_grants_its_verbs_on_its_resources_in_its_namespace()
    {
        var (ns, elsewhere) = (await cluster.NamespaceAsync(), await cluster.NamespaceAsync());
        var account = await AccountAsync(ns);
        await GrantAsync(ns, """{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}""");
        await ApiClient.EventuallyAsync(() => account.GetAsync($"/api/v1/namespaces/{ns}/configmaps"), answer => answer.Code == HttpStatusCode.OK);

        (await account.GetAsync($"/api/v1/namespaces/{ns}/configmaps/absent")).Refused(HttpStatusCode.NotFound, "NotFound");
        (await account.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", Objects.ConfigMap("a"))).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync($"/api/v1/namespaces/{ns}/configmaps?watch=true")).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync($"/api/v1/namespaces/{ns}/secrets")).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync($"/api/v1/namespaces/{elsewhere}/configmaps")).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync("/api/v1/configmaps")).Refused(HttpStatusCode.Forbidden, "Forbidden");
    }

    [Fact]
    public async Task A_name_is_granted_to_lists_and_watches_that_select_just_it()
    {
        var ns = await cluster.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/secrets";
        await api.CreateAsync(path, Objects.Secret("mine"));
        var account = await AccountAsync(ns);
        await GrantAsync(ns, """{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch", "create"], "resourceNames": ["mine"]}""");
        var list = await ApiClient.EventuallyAsync(() => account.GetAsync($"{path}?fieldSelector=metadata.name%3Dmine"), answer => answer.Code == HttpStatusCode.OK);

        Assert.Equal(["mine"], list.Good.Names());
        using (var watch = await account.WatchAsync($"{path}?watch=true&fieldSelector=metadata.name%3Dmine&resourceVersion={list.Good.Version()}"))
        {
            await api.MergeAsync($"{path}/mine", Json.Parse("""{"stringData": {"key": "other"}}"""));
            await watch.NextAsync("MODIFIED", "mine");
        }

        Assert.Equal(HttpStatusCode.OK, (await account.GetAsync($"{path}/mine")).Code);
        (await account.GetAsync(path)).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync($"{path}?fieldSelector=metadata.name%3Dtheirs")).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync($"{path}?watch=true")).Refused(HttpStatusCode.Forbidden, "Forbidden");
        // A name is not known yet when something is made.
        (await account.CreateAsync(path, Objects.Secret("mine"))).Refused(HttpStatusCode.Forbidden, "Forbidden");
    }

    [Fact]
    public async Task A_subresource_is_granted_by_itself()
    {
        var ns = await cluster.NamespaceAsync();
        var path = $"/apis/{cluster.Group}/v1alpha1/namespaces/{ns}/backendroutes";
        var route = (await api.CreateAsync(path, Objects.Route(cluster.Group, "app"))).Good;
        var account = await AccountAsync(ns);
        await GrantAsync(ns, $$"""{"apiGroups": ["{{cluster.Group}}"], "resources": ["backendroutes/status"], "verbs": ["patch"]}""");

        await ApiClient.EventuallyAsync(
            () => account.ApplyAsync($"{path}/app/status", Objects.Status(route, "Ready", "True"), "ours"), answer => answer.Code == HttpStatusCode.OK);

        (await account.MergeAsync($"{path}/app", Json.Parse("""{"metadata": {"labels": {"a": "b"}}}"""))).Refused(HttpStatusCode.Forbidden, "Forbidden");
        (await account.GetAsync($"{path}/app")).Refused(HttpStatusCode.Forbidden, "Forbidden");
    }

    [Fact]
    public async Task Applying_what_is_not_there_needs_leave_to_create()
    {
        var ns = await cluster.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await api.CreateAsync(path, Objects.ConfigMap("there"));
        var account = await AccountAsync(ns);
        await GrantAsync(ns, """{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]}""");
        await ApiClient.EventuallyAsync(() => account.ApplyAsync($"{path}/there", Objects.ConfigMap("there"), "ours"), answer => answer.Code == HttpStatusCode.OK);

        var refused = (await account.ApplyAsync($"{path}/absent", Objects.ConfigMap("absent"), "ours")).Refused(HttpStatusCode.Forbidden, "Forbidden");

        Assert.Contains("cannot create resource \"configmaps\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_role_is_granted_everywhere_or_in_one_namespace()
    {
        var (ns, elsewhere) = (await cluster.NamespaceAsync(), await cluster.NamespaceAsync());
        var account = await AccountAsync(ns);
        var role = cluster.Unique("behaviour");
        await cluster.MakeAsync($"{Rbac}/clusterroles", Json.Parse($$$"""
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "{{{role}}}"},
             "rules": [{"apiGroups": [""], "resources": ["services"], "verbs": ["list"]}]}
            """));

        await BindAsync($"{Rbac}/namespaces/{ns}/rolebindings", "RoleBinding", "ClusterRole", role, ns);
        await ApiClient.EventuallyAsync(() => account.GetAsync($"/api/v1/namespaces/{ns}/services"), answer => answer.Code == HttpStatusCode.OK);
        (await account.GetAsync($"/api/v1/namespaces/{elsewhere}/services")).Refused(HttpStatusCode.Forbidden, "Forbidden");

        await cluster.MakeAsync($"{Rbac}/clusterrolebindings", Binding("ClusterRoleBinding", "ClusterRole", role, ns).With(binding => binding["metadata"]!["name"] = role));
        await ApiClient.EventuallyAsync(() => account.GetAsync("/api/v1/services"), answer => answer.Code == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, (await account.GetAsync($"/api/v1/namespaces/{elsewhere}/services")).Code);
    }

    [Fact]
    public async Task A_binding_of_a_role_that_is_not_there_says_so()
    {
        var ns = await cluster.NamespaceAsync();
        var account = await AccountAsync(ns);
        await BindAsync($"{Rbac}/namespaces/{ns}/rolebindings", "RoleBinding", "Role", "absent", ns);

        var refused = await ApiClient.EventuallyAsync(
            () => account.GetAsync($"/api/v1/namespaces/{ns}/services"), answer => answer.Message.Contains("RBAC", StringComparison.Ordinal));

        Assert.EndsWith(": RBAC: role.rbac.authorization.k8s.io \"absent\" not found", refused.Message, StringComparison.Ordinal);
    }

    private async Task<ApiClient> AccountAsync(string ns)
    {
        _ = (await api.CreateAsync($"/api/v1/namespaces/{ns}/serviceaccounts", Json.Parse("""{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "operator"}}"""))).Good;
        var token = await api.CreateAsync(
            $"/api/v1/namespaces/{ns}/serviceaccounts/operator/token", Json.Parse("""{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}"""));

        return api.As(token.Good.Text("status", "token"));
    }

    private async Task GrantAsync(string ns, string rule)
    {
        _ = (await api.CreateAsync($"{Rbac}/namespaces/{ns}/roles", Json.Parse($$"""
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "granted"}, "rules": [{{rule}}]}
            """))).Good;
        await BindAsync($"{Rbac}/namespaces/{ns}/rolebindings", "RoleBinding", "Role", "granted", ns);
    }

    private async Task BindAsync(string path, string kind, string roleKind, string role, string ns) =>
        _ = (await api.CreateAsync(path, Binding(kind, roleKind, role, ns))).Good;

    private static JsonObject Binding(string kind, string roleKind, string role, string ns) => Json.Parse($$$"""
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "{{{kind}}}", "metadata": {"name": "granted"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "{{{roleKind}}}", "name": "{{{role}}}"},
         "subjects": [{"kind": "ServiceAccount", "name": "operator", "namespace": "{{{ns}}}"}]}
        """);
}
