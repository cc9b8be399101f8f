using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Delivery;

namespace Portcullis.Operator.Tests.Delivery;

/// <summary>What the fleet is said to be while its gateways come and go.</summary>
public sealed class FleetHubTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private static readonly Hello Caller = new() { Gateway = "default", PodName = "pod", PodUid = "uid" };

    private static readonly GatewayReport Report = new()
    {
        Applied = new AppliedConfiguration { Epoch = 1, Sequence = 1, Revision = Digest.Of("a"u8), Refused = [], Pending = [] },
        Bundles = [new BundleReport { Bundle = new ResourceKey("shop", "corp"), Mounted = Digest.Of("b"u8), AnchorsInForce = 1 }],
    };

    private readonly FakeTimeProvider clock = new();
    private readonly FleetHub hub;

    public FleetHubTests() => hub = new FleetHub(["default", "other"], epoch: 1, time: clock) { Grace = Grace };

    [Fact]
    [Trait("Promise", "P8")]
    public void A_gateway_that_calls_again_in_time_changes_nothing_until_it_reports()
    {
        var first = hub.Join(Caller);
        first.Merge(Report);
        var before = hub.State.Value;

        first.Dispose();
        clock.Advance(Grace - TimeSpan.FromSeconds(1));
        using var second = hub.Join(Caller);
        clock.Advance(Grace * 2);

        Assert.Same(before, hub.State.Value);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public void The_first_report_on_a_new_stream_replaces_what_was_said_before()
    {
        var first = hub.Join(Caller);
        first.Merge(Report);
        first.Dispose();

        using var second = hub.Join(Caller);
        second.Merge(new GatewayReport());

        var gateway = Assert.Single(hub.State.Value!.Gateways);
        Assert.Null(gateway.Applied);
        Assert.Empty(gateway.Bundles);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public void A_gateway_that_does_not_call_again_is_gone()
    {
        hub.Join(Caller).Dispose();

        clock.Advance(Grace - TimeSpan.FromSeconds(1));
        Assert.Single(hub.State.Value!.Gateways);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(hub.State.Value!.Gateways);
    }

    [Fact]
    public void The_end_of_a_stream_that_was_replaced_is_nobodys_absence()
    {
        var first = hub.Join(Caller);
        using var second = hub.Join(Caller);

        first.Dispose();
        clock.Advance(Grace * 2);

        Assert.Single(hub.State.Value!.Gateways);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public void Nothing_is_taken_over_by_another_gateway()
    {
        var first = hub.Join(Caller);
        first.Merge(Report);
        first.Dispose();

        using var other = hub.Join(new Hello { Gateway = "other", PodName = "pod", PodUid = "uid" });

        var gateway = Assert.Single(hub.State.Value!.Gateways);
        Assert.Equal("other", gateway.Gateway);
        Assert.Null(gateway.Applied);
    }

    [Fact]
    public async Task Nobody_waits_for_a_gateway_that_may_call_again()
    {
        hub.Join(Caller).Dispose();

        await hub.EmptiedAsync(TestContext.Current.CancellationToken);

        Assert.Single(hub.State.Value!.Gateways);
    }
}
