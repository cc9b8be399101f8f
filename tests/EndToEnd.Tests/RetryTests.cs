using Portcullis.EndToEnd.Tests.Running;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;

namespace Portcullis.EndToEnd.Tests;

/// <summary>Retries from the manifest to the wire: a backend in trouble is not buried under them.</summary>
public sealed class RetryTests : EndToEndTest
{
    private const string Host = "shop.front.test";
    private const int Requests = 500;

    [Fact]
    public async Task A_backend_that_fails_every_request_sees_a_fifth_more_of_them_and_twenty_at_most()
    {
        var seen = 0;
        await using var failing = ScriptedServer.Answering(Root.Issue("orders.corp.internal"), "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", (_, _) =>
        {
            Interlocked.Increment(ref seen);
            return Task.CompletedTask;
        });
        await using var standalone = await Standalone.StartAsync(
            Cancellation, ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), ("route.yaml", Route(failing.Port)));
        using var client = standalone.Client();
        var asked = 1;
        while ((await Answer.ToAsync(client, Host, Cancellation)).Body != "busy")
        {
            // The gateway's own answer, until the route has come to it.
            asked++;
        }

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (_, token) =>
        {
            var answer = await Answer.ToAsync(client, Host, token);
            Assert.Equal((503, "busy"), (answer.Status, answer.Body));
        });

        Assert.InRange(seen, Requests + (Requests / 5), asked + Requests + ((asked + Requests) / 5) + 20);
    }

    private static string Route(int port) => Manifest.Route("shop", Host, port, "company", "orders.corp.internal")
        .Replace("backendRefs:", "retry: {codes: [503], attempts: 5, backoff: 1ms}\n    backendRefs:", StringComparison.Ordinal);
}
