using Microsoft.Extensions.Time.Testing;
using Portcullis.TestKit.Events;

namespace Portcullis.Operator.Tests.Cluster;

/// <summary>A clock that a test turns, and that says what is being waited for: time must not be turned before somebody waits for it.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    /// <summary>How long each timer was to take when it was made.</summary>
    public Journal<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Waits.Add(dueTime);
        return timer;
    }
}
