using System.Runtime.CompilerServices;

namespace Portcullis.Contract.Handover;

/// <summary>Hands the newest value from one loop to others. A slow reader skips stale values instead of queueing them.</summary>
public sealed class Latest<T>
    where T : class
{
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null until the first <see cref="Offer"/>.</summary>
    public T? Value { get; private set; }

    public void Offer(T value)
    {
        TaskCompletionSource waiting;

        lock (gate)
        {
            Value = value;
            waiting = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.SetResult();
    }

    /// <summary>The present value if there is one, then each newest one; ends only by cancellation.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = default(T);

        while (true)
        {
            var (value, next) = Peek();

            if (value is not null && !ReferenceEquals(value, seen))
            {
                seen = value;
                yield return value;
            }
            else
            {
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private (T? Value, Task Next) Peek()
    {
        lock (gate)
        {
            return (Value, changed.Task);
        }
    }
}
