using System.Threading.Channels;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>Which objects could not be written, and when each is tried again: one that fails for ever delays nobody (P6).</summary>
internal sealed class WriteFailures(Backoff retry, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private readonly Lock gate = new();
    private readonly Dictionary<ObjectRef, Failure> failing = [];
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>It failed and nobody has written to it since, so that the same write would most likely fail again.</summary>
    public bool IsHeldBack(ObjectRef of, string resourceVersion)
    {
        lock (gate)
        {
            return failing.TryGetValue(of, out var failure) && failure.ResourceVersion == resourceVersion;
        }
    }

    /// <summary>It failed and has waited long enough.</summary>
    public bool IsDue(ObjectRef of)
    {
        lock (gate)
        {
            return failing.TryGetValue(of, out var failure) && Left(failure) <= TimeSpan.Zero;
        }
    }

    /// <summary>True when this is news: it worked before, or failed with other words.</summary>
    public bool Failed(ObjectRef of, string resourceVersion, string problem, TimeSpan? retryAfter = null)
    {
        lock (gate)
        {
            var before = failing.GetValueOrDefault(of);
            var count = (before?.Count ?? 0) + 1;
            var wait = retry.After(count, Random.Shared.NextDouble());
            failing[of] = new Failure(count, resourceVersion, problem, time.GetTimestamp(), retryAfter > wait ? retryAfter.Value : wait);
            changes.Writer.TryWrite(true);
            return before?.Problem != problem;
        }
    }

    /// <summary>True when it had failed before.</summary>
    public bool Succeeded(ObjectRef of)
    {
        lock (gate)
        {
            return failing.Remove(of);
        }
    }

    /// <summary>Forgets objects that nothing is written to any more.</summary>
    public void Keep(IReadOnlySet<ObjectRef> known)
    {
        lock (gate)
        {
            foreach (var gone in failing.Keys.Where(of => !known.Contains(of)).ToList())
            {
                failing.Remove(gone);
            }
        }
    }

    /// <summary>Returns when at least one is due.</summary>
    public async Task DueAsync(CancellationToken cancellationToken)
    {
        while (Next() is var wait && wait > TimeSpan.Zero)
        {
            using var due = new CancellationTokenSource(wait, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);

            try
            {
                await changes.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The wait is over; the next look says for which.
            }
        }
    }

    private TimeSpan Next()
    {
        lock (gate)
        {
            return failing.Count == 0 ? Longest : failing.Values.Min(Left);
        }
    }

    private TimeSpan Left(Failure failure) => failure.Wait - time.GetElapsedTime(failure.Since);

    private sealed record Failure(int Count, string ResourceVersion, string Problem, long Since, TimeSpan Wait);
}
