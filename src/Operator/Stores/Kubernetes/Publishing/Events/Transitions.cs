using System.Collections.Immutable;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

/// <summary>Conditions before and after → what is worth telling. The stored status is "before", so that a restart repeats nothing.</summary>
internal static class Transitions
{
    private const string Accepted = "Accepted";
    private const string ResolvedRefs = "ResolvedRefs";
    private const string Programmed = "Programmed";
    private const string BackendsVerified = "BackendsVerified";
    private const string Ready = "Ready";
    private const string Rejected = "Rejected";
    private const string Pending = "Pending";

    public static ImmutableArray<Transition> Between(ImmutableArray<Condition> before, ImmutableArray<Condition> after)
    {
        var told = after
            .Where(now => now.Type != Ready && IsTold(before.FirstOrDefault(old => old.Type == now.Type), now))
            .Select(Told)
            .ToImmutableArray();

        if (after.FirstOrDefault(now => now.Type == Ready) is not { } ready || !IsTold(before.FirstOrDefault(old => old.Type == Ready), ready))
        {
            return told;
        }

        // The summary repeats the first failing condition; the same words twice help nobody.
        return told.Any(other => other.Reason == ready.Reason && other.Text == ready.Message) ? told : told.Add(Told(ready));
    }

    /// <param name="before">Null when the condition was never written.</param>
    private static bool IsTold(Condition? before, Condition now) => (now.Type, now.Status) switch
    {
        (Accepted or ResolvedRefs or BackendsVerified, "False") => before?.Status != "False",
        (Accepted or ResolvedRefs or BackendsVerified, "True") => before?.Status == "False",
        (Programmed, "False") => now.Reason == Rejected && before?.Reason != Rejected,

        // Every edit passes through "pending" on its way; neither that nor its end is news.
        (Ready, "False") => before?.Status == "True" && now.Reason != Pending,
        (Ready, "True") => before is { Status: "False", Reason: not Pending },
        _ => false,
    };

    private static Transition Told(Condition condition) =>
        new(condition.Status == "False", condition.Type, condition.Reason, condition.Message, condition.LastTransitionTime);
}
