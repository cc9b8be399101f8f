using System.Text;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting;

/// <summary>Methods and hosts as they are spelled, said byte for byte to the whole gateway: client libraries would correct them.</summary>
public sealed class SpellingTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private readonly TestAuthority company = TestAuthority.CreateRoot("company");
    private TlsBackend backend = null!;
    private WholeGateway gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(company), Cancellation);
        gateway = await WholeGateway.StartAsync(options => options, Cancellation, Host);
        gateway.Serve(Make.Mounts(company), Make.Route(Make.Backend(backend.Port)), Make.Bundle(company));
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        company.Dispose();
    }

    // The forwarder writes those it knows in capitals: a rule for DELETE would not see what reaches the backend as DELETE, nor the refusal of TRACE what is one there.
    [Theory]
    [InlineData("trace")]
    [InlineData("Trace")]
    [InlineData("connect")]
    [InlineData("delete")]
    [InlineData("head")]
    [InlineData("QUERy")]
    [InlineData("frobnicate")]
    public async Task A_method_with_small_letters_is_not_served(string method)
    {
        Assert.Equal("HTTP/1.1 405", await StatusAsync(method));
        Assert.Empty(backend.Requests.Entries);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("QUERY")]
    [InlineData("VERSION-CONTROL")]
    [InlineData("M-SEARCH")]
    public async Task Other_methods_reach_the_backend_as_they_are(string method)
    {
        Assert.Equal("HTTP/1.1 200", await StatusAsync(method));
        Assert.Equal(method, backend.Requests.Entries.Single().Method);
    }

    [Theory]
    [InlineData("DELETE", "websocket", "")]
    [InlineData("POST", "websocket", "")]
    [InlineData("POST", "SPDY/3.1", "")]
    [InlineData("GET", "websocket", "websocket")]
    public async Task Only_a_GET_asks_for_an_upgrade(string method, string asked, string seen)
    {
        Assert.Equal("HTTP/1.1 200", await StatusAsync(method, $"Connection: Upgrade\r\nUpgrade: {asked}\r\n"));

        var request = backend.Requests.Entries.Single();
        Assert.Equal(method, request.Method);
        Assert.Equal(seen, request.Headers.GetValueOrDefault("Upgrade", ""));
    }

    [Theory]
    [InlineData("xn--bcher-kva.shop.test")]
    [InlineData("xn--a.shop.test")]
    [InlineData("xn--.shop.test")]
    [InlineData("xn--zzzzzzzzz99999999.shop.test")]
    public async Task A_host_that_begins_like_an_internationalised_one_is_a_host_like_any_other(string host)
    {
        Assert.Equal("HTTP/1.1 200", await StatusAsync("GET", host: host));
        Assert.Equal(host, backend.Requests.Entries.Single().Host);
    }

    private async Task<string> StatusAsync(string method, string fields = "", string host = Host)
    {
        await using var stream = await TestClient.ConnectAsync(gateway.EndPoint, gateway.Root, Host, Cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} / HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n"), Cancellation);
        var answer = new byte["HTTP/1.1 200".Length];
        await stream.ReadExactlyAsync(answer, Cancellation);

        return Encoding.ASCII.GetString(answer);
    }
}
