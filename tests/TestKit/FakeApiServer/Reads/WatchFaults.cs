namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>What goes wrong with watches, on command.</summary>
internal sealed class WatchFaults
{
    private readonly Lock gate = new();
    private TaskCompletionSource dropped = NewSignal();
    private TaskCompletionSource? hung;
    private int bookmarkRound;

    /// <summary>Ends when the watches of this moment are to end.</summary>
    public Task Dropped
    {
        get
        {
            lock (gate)
            {
                return dropped.Task;
            }
        }
    }

    public int BookmarkRound => Volatile.Read(ref bookmarkRound);

    public Func<WatchedEvent, EventFate> FateOf { get; set; } = _ => EventFate.Deliver;

    public void Drop()
    {
        lock (gate)
        {
            dropped.TrySetResult();
            dropped = NewSignal();
        }
    }

    public void Hang()
    {
        lock (gate)
        {
            hung ??= NewSignal();
        }
    }

    public void Resume()
    {
        lock (gate)
        {
            hung?.TrySetResult();
            hung = null;
        }
    }

    public Task HungAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return hung?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }
    }

    /// <summary>Each watch of this moment sends one bookmark; its streams are to be woken.</summary>
    public void Bookmark() => Interlocked.Increment(ref bookmarkRound);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
