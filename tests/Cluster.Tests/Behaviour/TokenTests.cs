using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>Tokens of ServiceAccounts: for whom they are, and what a review says of them.</summary>
public sealed class TokenTests(BehaviourCluster cluster)
{
    private const string Reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
    private const string Audience = "portcullis-operator";

    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task A_token_of_the_audience_is_its_account_in_its_pod()
    {
        var ns = await cluster.NamespaceAsync();
        var account = await AccountAsync(ns, "gateway");
        var pod = await PodAsync(ns, "gateway-0", "gateway");
        var token = await TokenAsync(ns, "gateway", pod);

        var status = (await ReviewAsync(token, Audience)).At("status");

        Assert.True(status.At("authenticated")!.GetValue<bool>());
        Assert.Equal($"system:serviceaccount:{ns}:gateway", status.Text("user", "username"));
        Assert.Equal(account.Uid(), status.Text("user", "uid"));
        Assert.Equal([Audience], status.Items("audiences").Select(audience => audience.GetValue<string>()));
        Assert.Equal(["gateway-0"], status.Items("user", "extra", "authentication.kubernetes.io/pod-name").Select(name => name.GetValue<string>()));
        Assert.Equal([pod.Uid()], status.Items("user", "extra", "authentication.kubernetes.io/pod-uid").Select(uid => uid.GetValue<string>()));
        Assert.Contains($"system:serviceaccounts:{ns}", status.Items("user", "groups").Select(group => group.GetValue<string>()));
    }

    [Fact]
    public async Task A_token_of_another_audience_authenticates_nobody()
    {
        var ns = await cluster.NamespaceAsync();
        await AccountAsync(ns, "gateway");
        var token = await TokenAsync(ns, "gateway", pod: null);

        var status = (await ReviewAsync(token, "somebody-else")).At("status");

        Assert.Null(status.At("authenticated"));
        Assert.Equal("", status.Text("user", "username"));
        Assert.Contains("audience", status.Text("error"), StringComparison.Ordinal);
        // Nor is it a token for the API server itself.
        (await api.As(token).GetAsync("/api")).Refused(HttpStatusCode.Unauthorized, "Unauthorized");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("a.b.c")]
    public async Task What_is_no_token_authenticates_nobody(string token)
    {
        var status = (await ReviewAsync(token, Audience)).At("status");

        Assert.Null(status.At("authenticated"));
        Assert.NotEqual("", status.Text("error"));
    }

    [Fact]
    public async Task A_review_without_a_token_is_refused() =>
        (await api.CreateAsync(Reviews, Review("", Audience))).Refused(HttpStatusCode.BadRequest, "BadRequest");

    [Fact]
    public async Task A_token_ends_with_its_pod()
    {
        var ns = await cluster.NamespaceAsync();
        await AccountAsync(ns, "gateway");
        var token = await TokenAsync(ns, "gateway", await PodAsync(ns, "gateway-0", "gateway"));

        await api.DeleteAsync($"/api/v1/namespaces/{ns}/pods/gateway-0?gracePeriodSeconds=0");

        await EventuallyInvalidAsync(token);
    }

    [Fact]
    public async Task A_token_ends_with_its_account()
    {
        var ns = await cluster.NamespaceAsync();
        await AccountAsync(ns, "gateway");
        var token = await TokenAsync(ns, "gateway", pod: null);

        await api.DeleteAsync($"/api/v1/namespaces/{ns}/serviceaccounts/gateway");

        await EventuallyInvalidAsync(token);
    }

    [Fact]
    public async Task A_token_is_made_for_what_exists_and_for_no_less_than_ten_minutes()
    {
        var ns = await cluster.NamespaceAsync();
        await AccountAsync(ns, "gateway");

        (await api.CreateAsync(Path(ns, "gateway"), Plea(pod: null, seconds: 60))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        (await api.CreateAsync(Path(ns, "absent"), Plea(pod: null, seconds: 600))).Refused(HttpStatusCode.NotFound, "NotFound");
        (await api.CreateAsync(Path(ns, "gateway"), Plea(Json.Parse("""{"metadata": {"name": "absent", "uid": "1"}}"""), seconds: 600))).Refused(HttpStatusCode.NotFound, "NotFound");
    }

    [Fact]
    public async Task Who_shows_a_bad_token_is_turned_away_and_who_shows_none_is_anonymous()
    {
        (await api.As("nonsense").GetAsync("/api/v1/namespaces")).Refused(HttpStatusCode.Unauthorized, "Unauthorized");
        var refused = (await api.As("").GetAsync("/api/v1/namespaces")).Refused(HttpStatusCode.Forbidden, "Forbidden");

        Assert.Contains("User \"system:anonymous\" cannot list resource \"namespaces\"", refused.Message, StringComparison.Ordinal);
    }

    private async Task EventuallyInvalidAsync(string token) =>
        await ApiClient.EventuallyAsync(() => api.CreateAsync(Reviews, Review(token, Audience)), answer => answer.Good.At("status", "authenticated") is null);

    private async Task<JsonObject> ReviewAsync(string token, string audience) => (await api.CreateAsync(Reviews, Review(token, audience))).Good;

    private async Task<JsonObject> AccountAsync(string ns, string name) => (await api.CreateAsync(
        $"/api/v1/namespaces/{ns}/serviceaccounts", Json.Parse($$$"""{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "{{{name}}}"} }"""))).Good;

    private async Task<JsonObject> PodAsync(string ns, string name, string account) => (await api.CreateAsync($"/api/v1/namespaces/{ns}/pods", Json.Parse($$$"""
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{{name}}}"},
         "spec": {"serviceAccountName": "{{{account}}}", "automountServiceAccountToken": false, "containers": [{"name": "c", "image": "none"}]} }
        """))).Good;

    private async Task<string> TokenAsync(string ns, string account, JsonObject? pod)
    {
        var made = await api.CreateAsync(Path(ns, account), Plea(pod, seconds: 600));
        Assert.Equal(HttpStatusCode.Created, made.Code);

        return made.Good.Text("status", "token");
    }

    private static string Path(string ns, string account) => $"/api/v1/namespaces/{ns}/serviceaccounts/{account}/token";

    private static JsonObject Plea(JsonObject? pod, int seconds) => Json.Parse($$$"""
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": ["{{{Audience}}}"], "expirationSeconds": {{{seconds}}} } }
        """).With(plea =>
        {
            if (pod is not null)
            {
                plea["spec"]!["boundObjectRef"] = new JsonObject { ["kind"] = "Pod", ["apiVersion"] = "v1", ["name"] = pod.Name(), ["uid"] = pod.Uid() };
            }
        });

    private static JsonObject Review(string token, string audience) => Json.Parse($$$"""
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "{{{token}}}", "audiences": ["{{{audience}}}"]} }
        """);
}
