using System.Collections.Immutable;

namespace Portcullis.TestKit.Events;

/// <summary>What happened so far, in order, for tests that wait for an event instead of for time.</summary>
public sealed class Journal<T>
{
    private readonly Lock gate = new();
    private ImmutableArray<T> entries = [];
    private TaskCompletionSource changed = NewSignal();

    public ImmutableArray<T> Entries
    {
        get
        {
            lock (gate)
            {
                return entries;
            }
        }
    }

    public void Add(T entry)
    {
        lock (gate)
        {
            entries = entries.Add(entry);
        }

        Touch();
    }

    /// <summary>Says that something inside an entry changed, so that waiting predicates are asked again.</summary>
    public void Touch()
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            (signal, changed) = (changed, NewSignal());
        }

        signal.TrySetResult();
    }

    /// <summary>The entries as soon as <paramref name="reached"/> holds of them.</summary>
    /// <exception cref="OperationCanceledException">The token ended the wait.</exception>
    public async Task<ImmutableArray<T>> WaitAsync(Predicate<ImmutableArray<T>> reached, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (now, next) = Read();
            if (reached(now))
            {
                return now;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private (ImmutableArray<T> Entries, Task Next) Read()
    {
        lock (gate)
        {
            return (entries, changed.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
