using System.Net;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Identity;
using Portcullis.TestKit.FakeApiServer;

namespace Portcullis.Operator.Tests.Identity;

public sealed class TokenReviewsTests : IAsyncLifetime
{
    private const string Audience = "portcullis-operator";
    private static readonly ResourceKey Account = new("default", "gateway");
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private ApiServer server = null!;
    private ApiConnection api = null!;
    private TokenReviews reviews = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Asked => server.Requests.Entries.Count(request => request.Resource == "tokenreviews");

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(Cancellation);
        server.Objects.Apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {namespace: default, name: gateway}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {namespace: default, name: gateway-1}
            spec: {serviceAccountName: gateway, containers: [{name: gateway, image: gateway}]}
            """);
        api = new ApiConnection(new ApiServerAddress { Address = server.Address, CaPem = server.Authority.Pem, Token = server.AdminToken }, TimeProvider.System);
        reviews = new TokenReviews(api, Audience, clock);
    }

    public async ValueTask DisposeAsync()
    {
        reviews.Dispose();
        api.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_pods_token_says_which_pod_it_is_and_when_it_expires()
    {
        var uid = server.Objects.Find("Pod", new ResourceKey("default", "gateway-1"))!["metadata"]!["uid"]!.GetValue<string>();

        var caller = Assert.IsType<Caller.Pod>(await IdentifyAsync(Token()));

        Assert.Equal(("default", "gateway", "gateway-1", uid), (caller.Namespace, caller.ServiceAccount, caller.PodName, caller.PodUid));
        Assert.InRange(caller.Expires, clock.GetUtcNow().AddMinutes(9), clock.GetUtcNow().AddMinutes(11));
    }

    [Fact]
    public async Task A_token_for_another_audience_is_a_strangers()
    {
        var others = server.IssueToken(Account, TimeSpan.FromMinutes(10), "gateway-1", "another");
        var servers = server.IssueToken(Account, TimeSpan.FromMinutes(10), "gateway-1");

        Assert.IsType<Caller.Stranger>(await IdentifyAsync(others));
        Assert.IsType<Caller.Stranger>(await IdentifyAsync(servers));
    }

    [Fact]
    public async Task A_token_that_is_bound_to_no_pod_is_refused_with_what_to_do()
    {
        var unbound = server.IssueToken(Account, TimeSpan.FromMinutes(10), "", Audience);

        var stranger = Assert.IsType<Caller.Stranger>(await IdentifyAsync(unbound));

        Assert.Contains("project it into the pod", stranger.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("a.b")]
    [InlineData("a..c")]
    public async Task What_is_not_even_near_a_token_is_not_asked_about(string token)
    {
        Assert.IsType<Caller.Stranger>(await IdentifyAsync(token));
        Assert.Equal(0, Asked);
    }

    [Fact]
    public async Task An_altered_token_is_a_strangers_and_is_asked_about_again_after_a_moment()
    {
        var altered = Token()[..^3] + "AAA";

        Assert.IsType<Caller.Stranger>(await IdentifyAsync(altered));
        Assert.IsType<Caller.Stranger>(await IdentifyAsync(altered));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<Caller.Stranger>(await IdentifyAsync(altered));

        Assert.Equal(2, Asked);
    }

    [Fact]
    public async Task A_yes_is_good_for_a_minute_also_without_the_API_server_and_not_for_longer()
    {
        var token = Token();
        await IdentifyAsync(token);

        await server.StopAsync();
        clock.Advance(TimeSpan.FromSeconds(59));
        var within = await IdentifyAsync(token);
        clock.Advance(TimeSpan.FromSeconds(1));
        var after = await IdentifyAsync(token);

        Assert.IsType<Caller.Pod>(within);
        Assert.IsType<Caller.Unknown>(after);
        Assert.Equal(1, Asked);
    }

    [Fact]
    public async Task A_yes_ends_with_the_token()
    {
        var token = server.IssueToken(Account, TimeSpan.FromSeconds(30), "gateway-1", Audience);
        await IdentifyAsync(token);

        clock.Advance(TimeSpan.FromSeconds(31));
        await IdentifyAsync(token);

        Assert.Equal(2, Asked);
    }

    [Fact]
    public async Task A_deleted_pod_is_a_stranger_after_a_minute()
    {
        var token = Token();
        await IdentifyAsync(token);

        server.Objects.Delete("Pod", new ResourceKey("default", "gateway-1"));
        clock.Advance(TimeSpan.FromSeconds(61));

        Assert.IsType<Caller.Stranger>(await IdentifyAsync(token));
    }

    [Fact]
    public async Task Callers_with_one_token_share_one_review()
    {
        var token = Token();
        var gate = new TaskCompletionSource();
        server.Faults.BeforeRequest = _ => gate.Task;

        var asking = Enumerable.Range(0, 20).Select(_ => IdentifyAsync(token)).ToArray();
        gate.SetResult();
        var callers = await Task.WhenAll(asking);

        Assert.All(callers, caller => Assert.IsType<Caller.Pod>(caller));
        Assert.Equal(1, Asked);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task An_API_server_that_refuses_to_say_admits_nobody_and_is_asked_again(HttpStatusCode refusal)
    {
        server.Faults.Answer(1, request => request.Resource == "tokenreviews", refusal);

        var refused = await IdentifyAsync(Token());
        var healed = await IdentifyAsync(Token());

        Assert.Contains(((int)refusal).ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.IsType<Caller.Unknown>(refused).Why, StringComparison.Ordinal);
        Assert.IsType<Caller.Pod>(healed);
    }

    [Fact]
    public async Task An_API_server_that_does_not_answer_admits_nobody()
    {
        var arrived = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        server.Faults.BeforeRequest = _ =>
        {
            arrived.TrySetResult();
            return gate.Task;
        };

        var asking = IdentifyAsync(Token());
        await arrived.Task;
        clock.Advance(TimeSpan.FromSeconds(4));
        var caller = await asking;
        gate.SetResult();

        Assert.Contains("did not answer within 4 s", Assert.IsType<Caller.Unknown>(caller).Why, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task Nothing_that_is_said_of_a_caller_holds_its_token()
    {
        var token = Token();
        var altered = token[..^3] + "AAA";

        var (good, bad) = (await IdentifyAsync(token), await IdentifyAsync(altered));

        Assert.DoesNotContain(token.Split('.')[1], $"{good} {bad} {reviews}", StringComparison.Ordinal);
    }

    private string Token() => server.IssueToken(Account, TimeSpan.FromMinutes(10), "gateway-1", Audience);

    private Task<Caller> IdentifyAsync(string token) => reviews.IdentifyAsync(token, Cancellation);
}
