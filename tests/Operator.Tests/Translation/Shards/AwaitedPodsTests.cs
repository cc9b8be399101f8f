using System.Collections.Immutable;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation.Shards;

/// <summary>When the silence of a pod means something.</summary>
public sealed class AwaitedPodsTests
{
    private static readonly TranslationOptions Options = new() { Gateways = [new DeclaredGateway { Name = "default", Namespace = "edge", Service = "gateway", Shards = ["trust-0"] }] };

    private static readonly ResourceSnapshot Snapshot = ResourceSnapshot.Empty with
    {
        Pods = ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty.Add("default", ImmutableSortedDictionary<string, string>.Empty.Add("uid", "pod")),
    };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(14, 0)]
    [InlineData(15, 1)]
    public void A_new_leader_awaits_no_pod_that_may_be_on_its_way_here(int seconds, int awaited)
    {
        var fleet = FleetState.Empty with { LedSince = Now };

        var result = Translator.Translate(Snapshot, fleet, null, Options, Now.AddSeconds(seconds));

        Assert.Equal(awaited, result.Publication.Awaited.Length);
    }

    [Fact]
    public void It_looks_again_when_all_had_time_to_call()
    {
        var fleet = FleetState.Empty with { LedSince = Now };

        Assert.Equal(fleet.CalledAt, Translator.Translate(Snapshot, fleet, null, Options, Now).TranslateAgainAt);
    }
}
