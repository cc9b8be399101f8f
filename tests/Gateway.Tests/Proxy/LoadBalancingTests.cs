using System.Net.Http.Json;
using System.Text.Json;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

/// <summary>Which of two verified endpoints a request goes to, by each of the ways that a route can ask for.</summary>
public sealed class LoadBalancingTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private TlsBackend one = null!;
    private TlsBackend two = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        one = await TlsBackend.StartAsync(new TlsBackendOptions { Name = "one", Default = Make.Chain(corp) }, Cancellation);
        two = await TlsBackend.StartAsync(new TlsBackendOptions { Name = "two", Default = Make.Chain(corp) }, Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await one.DisposeAsync();
        await two.DisposeAsync();
        corp.Dispose();
    }

    // Of two endpoints, two choices see both.
    [Theory]
    [InlineData(LoadBalancing.PowerOfTwoChoices)]
    [InlineData(LoadBalancing.LeastRequests)]
    public async Task The_busier_endpoint_is_spared(LoadBalancing balancing)
    {
        Serve(balancing, one);
        var held = Enumerable.Range(0, 3).Select(_ => gateway.Http2.GetFromJsonAsync<BackendAnswer>("https://shop.test/hold", JsonSerializerOptions.Web, Cancellation)).ToArray();
        await one.Requests.WaitAsync(requests => requests.Length == held.Length, Cancellation);

        Serve(balancing, one, two);
        var answers = await AnswersAsync(20);
        one.Release();

        Assert.All(answers, name => Assert.Equal("two", name));
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal("one", answer!.Backend));
    }

    [Fact]
    public async Task Round_robin_takes_turns()
    {
        Serve(LoadBalancing.RoundRobin, one, two);

        var answers = await AnswersAsync(10);

        Assert.All(Enumerable.Range(0, 9), turn => Assert.NotEqual(answers[turn], answers[turn + 1]));
    }

    // All at one endpoint would be one case in 2^39.
    [Fact]
    public async Task Random_reaches_every_endpoint()
    {
        Serve(LoadBalancing.Random, one, two);

        Assert.Equal(2, (await AnswersAsync(40)).Distinct().Count());
    }

    private void Serve(LoadBalancing balancing, params TlsBackend[] backends) => gateway.Apply(
        Make.Mounts(corp),
        Make.Bundle(corp),
        Make.Route(Make.Backend(one.Port) with { Endpoints = [.. backends.Select(backend => Make.Endpoint(backend.Port))], LoadBalancing = balancing }));

    private async Task<List<string>> AnswersAsync(int requests)
    {
        var names = new List<string>();
        for (var number = 0; number < requests; number++)
        {
            names.Add((await gateway.Http1.GetFromJsonAsync<BackendAnswer>("https://shop.test/", JsonSerializerOptions.Web, Cancellation))!.Backend);
        }

        return names;
    }
}
