using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;

namespace Portcullis.EndToEnd.Tests;

/// <summary>A folder that people edit while it serves.</summary>
public sealed class LiveEditTests : EndToEndTest
{
    [Fact]
    public async Task A_route_comes_changes_and_goes_with_its_file()
    {
        await using var first = await BackendAsync("orders.corp.internal");
        await using var second = await TlsBackend.StartAsync(
            new TlsBackendOptions { Name = "second", Default = PresentedChain.Of(Root.Issue("orders.corp.internal")) }, Cancellation);
        await using var standalone = await StartAsync();
        using var client = standalone.Client();

        standalone.Write("nested/route.yaml", Route("shop", "shop.front.test", first));
        Assert.Contains("\"backend\":\"backend\"", (await standalone.AnswersAsync("shop.front.test", 200)).Body, StringComparison.Ordinal);

        standalone.Write("nested/route.yaml", Route("shop", "shop.front.test", second));
        await using (Traffic.Start(client, "shop.front.test", Cancellation))
        {
            await second.Requests.WaitAsync(requests => requests.Length > 0, Cancellation);
        }

        standalone.Delete("nested/route.yaml");
        await standalone.AnswersAsync("shop.front.test", 404);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_broken_file_takes_nothing_down_and_holds_up_no_other()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(("shop.yaml", Route("shop", "shop.front.test", backend)));
        await standalone.AnswersAsync("shop.front.test", 200);
        using var client = standalone.Client();
        await using var traffic = Traffic.Start(client, "shop.front.test", Cancellation);

        standalone.Write("shop.yaml", "apiVersion: portcullis.dev/v1alpha1\nkind: BackendRoute\nmetadata: {name: shop\n");
        standalone.Write("other.yaml", Route("other", "other.front.test", backend));
        await standalone.AnswersAsync("other.front.test", 200);
        await traffic.MoreAsync(20, Cancellation);
        standalone.Write("shop.yaml", Route("shop", "renamed.front.test", backend));
        await standalone.AnswersAsync("renamed.front.test", 200);

        var answers = traffic.Answers.Entries;
        var whileBroken = answers.TakeWhile(answer => answer.Status != 404).ToArray();
        Assert.NotEmpty(whileBroken);
        Assert.All(whileBroken, answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_route_that_cannot_be_served_keeps_its_host_from_the_wildcard()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(("wildcard.yaml", Route("wildcard", "*.many.test", backend)));
        await standalone.AnswersAsync("pay.many.test", 200);

        standalone.Write("pay.yaml", Manifest.Route("pay", "pay.many.test", backend.Port, "no-such-bundle", "pay.corp.internal"));
        var answer = await standalone.AnswersAsync("pay.many.test", 503);

        Assert.Contains("PC1", answer.ProxyStatus, StringComparison.Ordinal);
        await standalone.AnswersAsync("other.many.test", 200);
    }

    private Task<Standalone> StartAsync(params (string, string)[] manifests) =>
        Standalone.StartAsync(Cancellation, [("bundle.yaml", Manifest.Bundle("company", Root.Certificate)), .. manifests]);

    private static string Route(string name, string host, TlsBackend backend) =>
        Manifest.Route(name, host, backend.Port, "company", "orders.corp.internal");
}
