using System.Collections.Immutable;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>How many replicas run one entry as it is now, by their own word (P8).</summary>
/// <param name="Running">Replicas that acknowledged this very entry.</param>
/// <param name="Expected">Replicas that are to run it.</param>
/// <param name="Absent">Gateways that have no replica.</param>
/// <param name="Refusals">What replicas say that refuse it, each text once.</param>
/// <param name="Waits">What replicas say that wait with it, each text once.</param>
internal sealed record Acknowledgements(
    int Running,
    int Expected,
    ImmutableArray<string> Absent,
    ImmutableArray<string> Refusals,
    ImmutableArray<string> Waits)
{
    public string Count => $"{Running}/{Expected}";

    /// <param name="waitsFor">A further reason why a replica that acknowledged does not count yet; null when there is none.</param>
    public static Acknowledgements Of(
        EntryKey entry, ImmutableArray<string> gateways, TranslationResult translation, FleetView fleet, Func<ReplicaView, string?>? waitsFor = null)
    {
        var all = gateways.SelectMany(gateway => fleet.Replicas(gateway).Select(replica => (Gateway: gateway, Replica: replica))).ToImmutableArray();
        var holding = all
            .Where(pair => pair.Replica.Revision is { } revision && translation.Gateways[pair.Gateway].History.Holds(revision, entry))
            .Select(pair => pair.Replica)
            .ToImmutableArray();
        var waits = holding.Select(replica => replica.Refusal(entry) is null ? replica.Wait(entry) ?? waitsFor?.Invoke(replica) : null).ToImmutableArray();
        var refusals = holding.Select(replica => replica.Refusal(entry)).ToImmutableArray();

        return new Acknowledgements(
            holding.Where((_, index) => waits[index] is null && refusals[index] is null).Count(),
            gateways.Sum(fleet.Expected),
            [.. gateways.Where(gateway => fleet.Expected(gateway) == 0)],
            [.. refusals.OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            [.. waits.OfType<string>().Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>Nobody runs what has not been translated yet, whatever is acknowledged of its predecessor.</summary>
    public Acknowledgements OfPredecessor() => this with { Running = 0 };

    public Answer Answer()
    {
        if (!Refusals.IsEmpty)
        {
            return False(
                "Rejected",
                $"{Count} replicas run this as it is now; it is refused: {string.Join("; ", Refusals.Take(4))}. "
                + "The replicas serve what they had before, or answer 503.");
        }

        if (!Absent.IsEmpty)
        {
            return False("NoReplicas", $"No replica is connected of gateway {string.Join(", ", Absent.Select(gateway => $"'{gateway}'"))}.");
        }

        return Running < Expected
            ? False("Pending", $"{Count} replicas run this as it is now{(Waits.IsEmpty ? "" : $"; others say: {string.Join("; ", Waits.Take(4))}")}.")
            : new Answer(ConditionType.Programmed, Conditions.Answer.True, "Programmed", $"{Count} replicas run this as it is now.");
    }

    private static Answer False(string reason, string message) => new(ConditionType.Programmed, Conditions.Answer.False, reason, message);
}
