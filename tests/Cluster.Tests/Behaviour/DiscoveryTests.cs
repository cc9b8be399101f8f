using System.Net;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>What a server says it has, and in which forms it answers.</summary>
public sealed class DiscoveryTests(BehaviourCluster cluster)
{
    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task Groups_and_kinds_are_listed()
    {
        var groups = (await api.GetAsync("/apis")).Good;
        var kinds = (await api.GetAsync($"/apis/{cluster.Group}/v1alpha1")).Good;
        var core = (await api.GetAsync("/api/v1")).Good;

        Assert.Contains(cluster.Group, groups.Items("groups").Select(group => group.Text("name")));
        Assert.Contains("backendroutes BackendRoute", kinds.Items("resources").Select(kind => $"{kind.Text("name")} {kind.Text("kind")}"));
        Assert.Contains("backendroutes/status", kinds.Items("resources").Select(kind => kind.Text("name")));
        Assert.Contains("configmaps", core.Items("resources").Select(kind => kind.Text("name")));
        Assert.NotEqual("", (await api.GetAsync("/version")).Good.Text("gitVersion"));
    }

    [Theory]
    [InlineData("/apis/absent.example.com/v1/things")]
    [InlineData("/absent")]
    public async Task What_nobody_serves_is_answered_in_plain_text(string path)
    {
        var answer = await api.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Code);
        Assert.DoesNotContain("\"reason\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_forms_than_JSON_may_be_offered_but_JSON_must_be_taken()
    {
        var path = $"/apis/{cluster.Group}/v1alpha1/backendroutes";

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, path, accept: "text/csv, application/json")).Code);
        (await api.SendAsync(HttpMethod.Get, path, accept: "text/csv")).Refused(HttpStatusCode.NotAcceptable, "NotAcceptable");
    }

    [Fact]
    public async Task Methods_that_a_path_does_not_have_are_refused()
    {
        var ns = await cluster.NamespaceAsync();

        (await api.CreateAsync("/api/v1/configmaps", Objects.ConfigMap("a"))).Refused(HttpStatusCode.MethodNotAllowed, "MethodNotAllowed");
        (await api.ReplaceAsync($"/api/v1/namespaces/{ns}/configmaps", Objects.ConfigMap("a"))).Refused(HttpStatusCode.MethodNotAllowed, "MethodNotAllowed");
    }
}
