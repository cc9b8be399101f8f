using Microsoft.Extensions.Time.Testing;
using Portcullis.TestKit.Events;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing;

/// <summary>A clock that stands still, and tells who waits for it: a test turns it when the wait has begun.</summary>
internal sealed class WatchedClock : FakeTimeProvider
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>How long each timer was to wait when it was made.</summary>
    public Journal<TimeSpan> Timers { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Timers.Add(dueTime);
        return timer;
    }

    /// <summary>Turns the clock once somebody waits for this long.</summary>
    public async Task PassAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await Timers.WaitAsync(timers => timers.Contains(wait), cancellationToken);
        Advance(wait);
    }

    /// <summary>Lets a second pass whenever somebody begins to wait for no longer than that, until this is reached.</summary>
    public async Task FlowUntilAsync(Task reached, CancellationToken cancellationToken)
    {
        for (var seen = 0; !reached.IsCompleted;)
        {
            var from = seen;
            var waiting = Timers.WaitAsync(timers => timers.Skip(from).Any(IsShort), cancellationToken);

            if (await Task.WhenAny(reached, waiting) == waiting)
            {
                await waiting;
                seen = Timers.Entries.Length;
                Advance(OneSecond);
            }
        }

        await reached;
    }

    private static bool IsShort(TimeSpan wait) => wait > TimeSpan.Zero && wait <= OneSecond;
}
