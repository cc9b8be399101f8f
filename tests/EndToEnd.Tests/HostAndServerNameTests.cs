using System.Net;
using Portcullis.EndToEnd.Tests.Running;

namespace Portcullis.EndToEnd.Tests;

/// <summary>The client chooses the Host; it chooses neither the SNI nor the name that is verified, nor how many connections there are.</summary>
[Trait("Promise", "P1")]
public sealed class HostAndServerNameTests : EndToEndTest
{
    private const int Hosts = 200;

    [Fact]
    public async Task Two_hundred_preserved_Hosts_share_connections_that_are_verified_for_the_routes_name()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend.Port);
        using var client = standalone.Client();

        foreach (var host in Enumerable.Range(0, Hosts).Select(number => $"h{number}.many.test"))
        {
            Assert.Equal(200, (await Answer.ToAsync(client, host, Cancellation)).Status);
        }

        Assert.Equal(Enumerable.Range(0, Hosts).Select(number => $"h{number}.many.test"), backend.Requests.Entries.Select(request => request.Host));
        Assert.All(backend.Requests.Entries, request => Assert.Equal("orders.corp.internal", request.ServerName));
        Assert.InRange(backend.Connections.Entries.Length, 1, 4);
    }

    [Fact]
    public async Task A_Host_that_the_backend_could_prove_does_not_replace_the_name_it_must_prove()
    {
        await using var backend = await BackendAsync("h1.many.test");
        await using var standalone = await StartAsync(backend.Port);
        using var client = standalone.Client();

        var answer = await Answer.ToAsync(client, "h1.many.test", Cancellation);

        Assert.Equal(502, answer.Status);
        Assert.All(backend.Connections.Entries, connection => Assert.Equal("orders.corp.internal", connection.ServerName));
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Theory]
    [InlineData("HTTP11", "HTTP/1.1")]
    [InlineData("HTTP2", "HTTP/2")]
    public async Task A_browsers_HTTP_2_request_reaches_the_backend_in_the_version_of_the_route(string protocol, string received)
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend.Port, $"protocol: {protocol}");
        using var client = standalone.Client(HttpVersion.Version20);

        var answer = await Answer.ToAsync(client, "h1.many.test", Cancellation);

        Assert.Equal(200, answer.Status);
        var request = Assert.Single(backend.Requests.Entries);
        Assert.Equal((received, "h1.many.test", "orders.corp.internal"), (request.Protocol, request.Host, request.ServerName));
    }

    private async Task<Standalone> StartAsync(int port, params string[] more)
    {
        var standalone = await Standalone.StartAsync(
            Cancellation,
            ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)),
            ("route.yaml", Manifest.Route("many", "*.many.test", port, "company", "orders.corp.internal", more)));

        return standalone;
    }
}
