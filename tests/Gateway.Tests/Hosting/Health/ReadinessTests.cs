using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Hosting.Health;

namespace Portcullis.Gateway.Tests.Hosting.Health;

public sealed class ReadinessTests
{
    private static readonly ResourceKey Corp = new("shop", "corp");
    private static readonly ResourceKey Bank = new("bank", "root");
    private static readonly Digest Anchor = Digest.Of([1]);
    private readonly FakeTimeProvider time = new();
    private readonly Readiness readiness;

    public ReadinessTests() => readiness = new Readiness(time);

    [Fact]
    [Trait("Promise", "P5")]
    public void A_gateway_without_any_configuration_stays_not_ready()
    {
        time.Advance(TimeSpan.FromDays(1));
        readiness.Observe(Configuration(Corp), new GatewayReport());

        var answer = readiness.Answer();

        Assert.False(answer.Ready);
        Assert.Contains("no configuration", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_with_every_bundle_in_force_is_ready()
    {
        readiness.Observe(Configuration(Corp, Bank), Report((Corp, 1), (Bank, 1)));

        Assert.Equal(new ReadinessAnswer(true, "ready"), readiness.Answer());
    }

    [Fact]
    public void An_empty_configuration_is_one()
    {
        readiness.Observe(GatewayConfiguration.Empty, Report());

        Assert.True(readiness.Answer().Ready);
    }

    [Fact]
    public void A_bundle_whose_anchors_were_all_removed_is_not_waited_for()
    {
        var removed = new BundleEntry { Bundle = Corp, Digest = Digest.Of([]), Anchors = [] };
        readiness.Observe(GatewayConfiguration.Of([removed]), Report((Corp, 0)));

        Assert.True(readiness.Answer().Ready);
    }

    [Fact]
    public void A_missing_bundle_is_waited_for_and_named_and_not_for_ever()
    {
        readiness.Observe(Configuration(Corp, Bank), Report((Corp, 1), (Bank, 0)));
        var waiting = readiness.Answer();
        time.Advance(Readiness.LongestWait);
        var waited = readiness.Answer();

        Assert.False(waiting.Ready);
        Assert.Contains("bank/root", waiting.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("shop/corp", waiting.Reason, StringComparison.Ordinal);
        Assert.True(waited.Ready);
        Assert.Contains("bank/root", waited.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bundle_that_arrives_ends_the_wait()
    {
        readiness.Observe(Configuration(Corp), Report((Corp, 0)));
        readiness.Observe(Configuration(Corp), Report((Corp, 1)));

        Assert.True(readiness.Answer().Ready);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void A_later_bundle_that_is_not_mounted_takes_no_gateway_out()
    {
        readiness.Observe(Configuration(Corp), Report((Corp, 1)));
        readiness.Observe(Configuration(Corp, Bank), Report((Corp, 1)));

        var answer = readiness.Answer();

        Assert.True(answer.Ready);
        Assert.Contains("bank/root", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Draining_ends_it_for_good()
    {
        readiness.Observe(GatewayConfiguration.Empty, Report());
        readiness.Drain();
        readiness.Observe(GatewayConfiguration.Empty, Report());

        Assert.False(readiness.Answer().Ready);
        Assert.True(readiness.IsDraining);
    }

    private static GatewayConfiguration Configuration(params ResourceKey[] bundles) =>
        GatewayConfiguration.Of(bundles.Select(bundle => new BundleEntry { Bundle = bundle, Digest = Digest.Of([]), Anchors = [Anchor] }));

    private static GatewayReport Report(params (ResourceKey Bundle, int Anchors)[] bundles) => new()
    {
        Applied = new AppliedConfiguration { Epoch = 1, Sequence = 1, Revision = Digest.Of([]) },
        Bundles = [.. bundles.Select(bundle => new BundleReport { Bundle = bundle.Bundle, AnchorsInForce = bundle.Anchors })],
    };
}
