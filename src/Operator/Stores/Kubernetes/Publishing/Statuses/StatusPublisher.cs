using System.Collections.Concurrent;
using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Statuses;

/// <summary>
/// Writes the statuses that differ, a few at a time, each on its own: an object that is refused waits by itself and is tried again apart from
/// the others, so that a namespace full of them delays nobody (P6).
/// </summary>
/// <param name="writes">The way to change them.</param>
/// <param name="seen">An object as the watch shows it; null when it shows none.</param>
/// <param name="transitions">Told what changed, after it was written.</param>
/// <param name="failures">Shared with the loop that tries again.</param>
/// <param name="lanes">How many are written at once.</param>
/// <param name="logger">The publisher's.</param>
internal sealed partial class StatusPublisher(
    LeaderWrites writes,
    Func<ResourceStatus, AtHand<ResourceStatus?>?> seen,
    Action<ResourceStatus, AtHand<ResourceStatus?>, ImmutableArray<Transition>> transitions,
    WriteFailures failures,
    int lanes,
    ILogger logger)
{
    // Of this many objects not even a refusal came: it is the server then, and not the objects.
    private const int MostUnanswered = 8;

    private readonly OwnWrites<ResourceStatus?> own = new();
    private readonly ConcurrentDictionary<ObjectRef, Settled> settled = new();

    /// <summary>All but those that were refused and that nobody has written to since.</summary>
    public async Task PublishAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken)
    {
        var known = statuses.Select(Ref).ToHashSet();
        own.Keep(known);
        failures.Keep(known);

        foreach (var gone in settled.Keys.Where(of => !known.Contains(of)))
        {
            settled.TryRemove(gone, out _);
        }

        await WriteAllAsync(statuses.Where(status => !IsHeldBack(status)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Those that were refused and have waited long enough.</summary>
    public Task PublishDueAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken) =>
        WriteAllAsync(statuses.Where(status => failures.IsDue(Ref(status))), cancellationToken);

    private bool IsHeldBack(ResourceStatus status) =>
        own.Newest(Ref(status), seen(status)) is { } held && failures.IsHeldBack(Ref(status), held.ResourceVersion);

    private async Task WriteAllAsync(IEnumerable<ResourceStatus> statuses, CancellationToken cancellationToken)
    {
        var unanswered = 0;

        await Parallel.ForEachAsync(
            statuses,
            new ParallelOptions { MaxDegreeOfParallelism = lanes, CancellationToken = cancellationToken },
            async (status, token) =>
            {
                try
                {
                    await WriteAsync(status, token).ConfigureAwait(false);
                }
                catch (TimeoutException late) when (Interlocked.Increment(ref unanswered) < MostUnanswered)
                {
                    Unanswered(status, late);
                }
            }).ConfigureAwait(false);
    }

    private async Task WriteAsync(ResourceStatus composed, CancellationToken cancellationToken)
    {
        var of = Ref(composed);

        if (own.Newest(of, seen(composed)) is not { } held)
        {
            failures.Succeeded(of);
            return;
        }

        var wanted = composed.WithTimesOf(held.Content);
        var comparison = new Settled(StatusJson.Canonical(wanted), StatusJson.Canonical(held.Content));

        // What others own in a status, or an older CRD drops from it, differs for ever: writing the same to the same again changes nothing.
        if (comparison.Wanted == comparison.Stored || settled.GetValueOrDefault(of) == comparison)
        {
            failures.Succeeded(of);
            return;
        }

        switch (await writes.SendAsync(StatusApply.Of(wanted, held), cancellationToken).ConfigureAwait(false))
        {
            case ApiAnswer.Done done:
                Written(wanted, held, StatusJson.AtHand(done.Body, wanted), comparison.Wanted);
                break;
            case ApiAnswer.Refused { Refusal: var refusal }:
                Refused(wanted, held, refusal);
                break;
        }
    }

    private void Written(ResourceStatus wanted, AtHand<ResourceStatus?> held, AtHand<ResourceStatus?>? now, string text)
    {
        var of = Ref(wanted);

        if (now is not null)
        {
            settled[of] = new Settled(text, StatusJson.Canonical(now.Content));
            own.Wrote(of, held, now);
        }

        if (failures.Succeeded(of))
        {
            Log.WrittenAgain(logger, of.Kind, wanted.Key);
        }

        transitions(wanted, now ?? held, Transitions.Between(held.Content.Conditions(), wanted.Conditions()));
    }

    private void Refused(ResourceStatus status, AtHand<ResourceStatus?> held, ApiRefusal refusal)
    {
        var of = Ref(status);

        if (refusal.IsOfServer())
        {
            throw refusal.Busy();
        }

        if (refusal.IsGone())
        {
            failures.Succeeded(of);
        }
        else if (refusal.IsStale())
        {
            // The watch brings what it is now, and with it the next turn; should that look the same to everybody else, the loop of retries remains.
            failures.Failed(of, held.ResourceVersion, "stale", refusal.RetryAfter);
            Log.Stale(logger, of.Kind, status.Key, refusal);
        }
        else if (failures.Failed(of, held.ResourceVersion, refusal.ToString(), refusal.RetryAfter))
        {
            Report(of, refusal);
        }
    }

    private void Report(ObjectRef of, ApiRefusal refusal)
    {
        if (refusal.IsForbidden())
        {
            Log.Forbidden(logger, of.Kind, of.Key, refusal);
        }
        else if (refusal.IsPassing)
        {
            Log.NotWritten(logger, of.Kind, of.Key, refusal.ToString());
        }
        else
        {
            Log.Unwritable(logger, of.Kind, of.Key, refusal);
        }
    }

    private void Unanswered(ResourceStatus status, TimeoutException late)
    {
        var of = Ref(status);

        if (failures.Failed(of, own.Newest(of, seen(status))?.ResourceVersion ?? "", late.Message))
        {
            Log.NotWritten(logger, of.Kind, of.Key, late.Message);
        }
    }

    private static ObjectRef Ref(ResourceStatus status) => new(StatusApply.KindOf(status).Name, status.Key);

    /// <summary>What was written, and what became of it.</summary>
    private sealed record Settled(string Wanted, string Stored);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Kind} {Key} changed while its status was to be written; trying again with what it is now. {Refusal}")]
        public static partial void Stale(ILogger logger, string kind, ResourceKey key, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Information, Message = "The status of {Kind} {Key} is written again.")]
        public static partial void WrittenAgain(ILogger logger, string kind, ResourceKey key);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Could not write the status of {Kind} {Key}; trying again apart from the others. {Problem}")]
        public static partial void NotWritten(ILogger logger, string kind, ResourceKey key, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "The operator may not write the status of {Kind} {Key}; what it says is out of date. Its role must allow patch of the status subresource; helm upgrade puts that back. {Refusal}")]
        public static partial void Forbidden(ILogger logger, string kind, ResourceKey key, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Error, Message = "The API server does not accept the status of {Kind} {Key}; what it says is out of date. Are the installed CRDs older than the operator? kubectl apply --server-side -f deploy/crds. {Refusal}")]
        public static partial void Unwritable(ILogger logger, string kind, ResourceKey key, ApiRefusal refusal);
    }
}
