using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;

namespace Portcullis.EndToEnd.Tests;

/// <summary>The operator gone at any moment, and gateways that serve on.</summary>
[Trait("Promise", "P5")]
public sealed class OperatorLossTests : EndToEndTest
{
    private const string Host = "shop.front.test";

    [Fact]
    public async Task Killing_and_restarting_the_operator_costs_no_request()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend);
        using var client = standalone.Client();
        await using var traffic = Traffic.Start(client, Host, Cancellation);
        await traffic.MoreAsync(20, Cancellation);

        await standalone.Operator.Process.KillAsync(Cancellation);
        await traffic.MoreAsync(50, Cancellation);
        await standalone.Operator.StartAgainAsync(Cancellation);
        await traffic.MoreAsync(50, Cancellation);

        Assert.Empty(traffic.Failed);
    }

    [Fact]
    public async Task Killing_the_operator_amid_a_change_costs_no_request_and_the_change_arrives_with_the_next_one()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend);
        using var client = standalone.Client();
        await using var traffic = Traffic.Start(client, Host, Cancellation);
        await traffic.MoreAsync(20, Cancellation);

        for (var round = 0; round < 3; round++)
        {
            standalone.Write($"more-{round}.yaml", Route($"more-{round}", $"more-{round}.front.test", backend));
            await Task.Delay(TimeSpan.FromMilliseconds(250 * round), Cancellation);
            await standalone.Operator.Process.KillAsync(Cancellation);
            await standalone.Operator.StartAgainAsync(Cancellation);
            await standalone.AnswersAsync($"more-{round}.front.test", 200);
        }

        Assert.Empty(traffic.Failed);
    }

    [Fact]
    public async Task A_gateway_that_restarts_without_the_operator_serves_its_saved_configuration()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend);
        await standalone.AnswersAsync(Host, 200);

        await standalone.Operator.Process.KillAsync(Cancellation);
        await standalone.Gateway.Process.KillAsync(Cancellation);
        await standalone.Gateway.StartAgainAsync(Cancellation);

        await standalone.AnswersAsync(Host, 200);
        await standalone.Operator.StartAgainAsync(Cancellation);
        standalone.Write("later.yaml", Route("later", "later.front.test", backend));
        await standalone.AnswersAsync("later.front.test", 200);
    }

    [Fact]
    public async Task Both_programs_end_cleanly_when_asked_to()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend);

        var exits = new[] { await standalone.Gateway.Process.TerminateAsync(Cancellation), await standalone.Operator.Process.TerminateAsync(Cancellation) };

        Assert.Equal([0, 0], exits);
    }

    private Task<Standalone> StartAsync(TlsBackend backend) => Standalone.StartAsync(
        Cancellation, ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), ("route.yaml", Route("shop", Host, backend)));

    private static string Route(string name, string host, TlsBackend backend) =>
        Manifest.Route(name, host, backend.Port, "company", "orders.corp.internal");
}
