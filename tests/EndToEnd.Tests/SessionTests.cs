using System.Net;
using System.Net.Http.Json;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.EndToEnd.Tests;

/// <summary>Session persistence from the manifest to the wire, over two replicas of one gateway.</summary>
public sealed class SessionTests : EndToEndTest
{
    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_client_stays_where_it_was_on_every_replica_and_over_restarts_until_the_key_is_deleted()
    {
        await using var one = await NamedAsync("one");
        await using var two = await NamedAsync("two");
        await using var three = await NamedAsync("three");
        await using var standalone = await Standalone.StartAsync(
            Cancellation, ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), ("route.yaml", Route(one.Port, two.Port, three.Port)));
        using var saved = new TemporaryFolder();
        await using var replica = await GatewayProcess.StartAsync(standalone.Operator, saved["configuration"], httpsPort: 0, Cancellation);
        using var here = standalone.Client();
        using var there = TestClient.To(replica.EndPoint, standalone.FrontRoot, HttpVersion.Version20);
        await standalone.AnswersAsync("shop.front.test", 200);

        var (first, cookie) = await AskAsync(here, null);
        for (var number = 0; number < 6; number++)
        {
            Assert.Equal((first, null), await AskAsync(here, cookie));
            Assert.Equal((first, null), await AskAsync(there, cookie));
        }

        await standalone.Operator.Process.TerminateAsync(Cancellation);
        await standalone.Operator.StartAgainAsync(Cancellation);
        Assert.Equal((first, null), await AskAsync(there, cookie));

        var keyFile = Path.Combine(Path.GetDirectoryName(standalone.Operator.Statuses)!, "session.key");
        var key = await File.ReadAllTextAsync(keyFile, Cancellation);
        File.Delete(keyFile);
        while ((await AskAsync(here, cookie)).Cookie is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
        }

        Assert.NotEqual(key, await File.ReadAllTextAsync(keyFile, Cancellation));
        Assert.DoesNotContain(key, standalone.Operator.Process.Printed + standalone.Gateway.Process.Printed + replica.Process.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(new[] { one, two, three }.SelectMany(backend => backend.Requests.Entries), request => request.Headers.ContainsKey("Cookie"));
    }

    private Task<TlsBackend> NamedAsync(string name) =>
        TlsBackend.StartAsync(new TlsBackendOptions { Name = name, Default = PresentedChain.Of(Root.Issue("orders.corp.internal")) }, Cancellation);

    private async Task<(string Backend, string? Cookie)> AskAsync(HttpClient client, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.front.test/") { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var response = await client.SendAsync(request, Cancellation);
        var answer = await response.Content.ReadFromJsonAsync<BackendAnswer>(Cancellation);
        var set = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single() : null;

        return (answer!.Backend, set?[..set.IndexOf(';', StringComparison.Ordinal)]);
    }

    private static string Route(params int[] ports) => Manifest.Route(
        "shop",
        "shop.front.test",
        "- {name: all, backendRefs: [{name: backend}]}",
        ports,
        "company",
        "orders.corp.internal",
        "sessionPersistence: {absoluteTimeout: 8h}");
}
