using System.Collections.Immutable;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>The backends of one rule with their shares of the requests.</summary>
internal sealed class WeightedTargets
{
    private readonly ImmutableArray<ForwardTarget> targets;
    private readonly ImmutableArray<int> upTo;

    /// <summary>A weight of 0 takes no request.</summary>
    public WeightedTargets(IEnumerable<(ForwardTarget Target, int Weight)> weighted)
    {
        var taking = weighted.Where(candidate => candidate.Weight > 0).ToImmutableArray();
        targets = [.. taking.Select(candidate => candidate.Target)];
        upTo = [.. taking.Select((_, index) => taking.Take(index + 1).Sum(candidate => candidate.Weight))];
    }

    /// <summary>Null when no backend takes requests.</summary>
    public ForwardTarget? Choose(Random random)
    {
        if (targets.Length < 2)
        {
            return targets.FirstOrDefault();
        }

        var ticket = random.Next(upTo[^1]);
        var chosen = 0;
        while (upTo[chosen] <= ticket)
        {
            chosen++;
        }

        return targets[chosen];
    }
}
