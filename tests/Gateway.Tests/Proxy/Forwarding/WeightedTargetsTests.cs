using Portcullis.Gateway.Proxy.Forwarding;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding;

public sealed class WeightedTargetsTests
{
    [Fact]
    public void Nothing_is_chosen_when_every_weight_is_zero()
    {
        Assert.Null(new WeightedTargets([]).Choose(Random.Shared));
        Assert.Null(new WeightedTargets([(Target(), 0)]).Choose(Random.Shared));
    }

    [Fact]
    public void Targets_are_chosen_by_their_share_and_those_without_weight_never()
    {
        var (rare, often, never) = (Target(), Target(), Target());
        var targets = new WeightedTargets([(rare, 1), (never, 0), (often, 3)]);
        var random = new Random(42);

        var chosen = Enumerable.Range(0, 4000).Select(_ => targets.Choose(random)).ToList();

        Assert.DoesNotContain(never, chosen);
        Assert.InRange(chosen.Count(target => target == rare), 850, 1150);
    }

    private static ForwardTarget Target() => new(null!, null!, null!, []);
}
