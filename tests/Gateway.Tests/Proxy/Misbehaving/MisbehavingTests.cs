using System.Net;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Misbehaving;

/// <summary>A gateway with one backend that behaves, at <c>/good</c>, and one that does not, everywhere else.</summary>
public abstract class MisbehavingTests : IAsyncLifetime
{
    private TlsBackend good = null!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected TestAuthority Corp { get; } = TestAuthority.CreateRoot("corp");

    private protected TestAuthority Unknown { get; } = TestAuthority.CreateRoot("unknown");

    private protected GatewayFront Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        good = await TlsBackend.StartAsync(Make.Chain(Corp), Cancellation);
        Gateway = await GatewayFront.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Gateway.DisposeAsync();
        await good.DisposeAsync();
        Corp.Dispose();
        Unknown.Dispose();
    }

    private protected void Serve(int port) => Serve(Make.Backend(port));

    private protected void Serve(BackendConfiguration misbehaving, TimeSpan? requestTimeout = null) => Serve(misbehaving, requestTimeout, Corp);

    private protected void Serve(BackendConfiguration misbehaving, TimeSpan? requestTimeout, params TestAuthority[] anchors)
    {
        var behaving = Make.Backend(good.Port) with { Name = "good", Tls = new BackendTls { Bundles = [Behaving] } };
        var route = Make.Route(misbehaving, behaving) with
        {
            Rules =
            [
                Make.Rule("/good", new RuleAction.Forward([new WeightedBackend("good", 1)])),
                Make.Rule("/", new RuleAction.Forward([new WeightedBackend(misbehaving.Name, 1)])) with { RequestTimeout = requestTimeout },
            ],
        };
        Gateway.Apply(
            Make.Mounts((Make.Corp, anchors), (Behaving, [Corp])), route, Make.Bundle(anchors), Make.Bundle(Behaving, Corp));
    }

    /// <summary>The misbehaving backend is refused for this reason, and the other one is served as if nothing had been.</summary>
    private protected async Task RefusedAsync(VerdictReason reason, string error, HttpStatusCode status = HttpStatusCode.BadGateway)
    {
        using var response = await Gateway.Http1.PostAsync("https://shop.test/secret", new StringContent("secret"), Cancellation);

        Assert.Equal($"portcullis; error={error}; details=\"{VerdictText.Code(reason)}\"", response.Headers.GetValues("Proxy-Status").Single());
        Assert.Equal(status, response.StatusCode);
        await GoodIsServedAsync();
    }

    private protected async Task AcceptedAsync()
    {
        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await GoodIsServedAsync();
    }

    private protected async Task GoodIsServedAsync()
    {
        using var response = await Gateway.Http2.GetAsync("https://shop.test/good", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Contract.ResourceKey Behaving { get; } = new("shop", "behaving");
}
