using Microsoft.Extensions.Time.Testing;
using Portcullis.Operator.Leading;

namespace Portcullis.Operator.Tests.Leading;

/// <summary>
/// A clock that a test turns only while every candidate sleeps between two looks at the Lease: then no request is on its way, and however slow the machine
/// is, the time that passes is the time the test says.
/// </summary>
internal sealed class ElectionClock(DateTimeOffset now) : TimeProvider
{
    private readonly FakeTimeProvider clock = new(now);
    private readonly Lock gate = new();
    private readonly List<Alarm> alarms = [];
    private TaskCompletionSource changed = NewSignal();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, callback, state);
        lock (gate)
        {
            alarms.Add(alarm);
        }

        alarm.Start(clock, dueTime, period);
        return alarm;
    }

    /// <summary>For a test that wants time to pass whatever is under way.</summary>
    public void Jump(TimeSpan time) => clock.Advance(time);

    /// <param name="time">To pass, in small steps.</param>
    /// <param name="candidates">How many compete, and so how many must sleep before each step.</param>
    public async Task PassAsync(TimeSpan time, int candidates)
    {
        var step = TimeSpan.FromSeconds(0.25);

        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            await IdleAsync(candidates);
            clock.Advance(step);
        }

        await IdleAsync(candidates);
    }

    /// <summary>Lets time pass until this has happened.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> PassUntilAsync(Task happened, int candidates)
    {
        var step = TimeSpan.FromSeconds(0.25);
        var passed = TimeSpan.Zero;

        while (!happened.IsCompleted)
        {
            await Task.WhenAny(happened, IdleAsync(candidates));

            if (!happened.IsCompleted)
            {
                clock.Advance(step);
                passed += step;
            }

            // What the step woke needs its turn.
            await Task.Yield();
            Assert.True(passed < TimeSpan.FromMinutes(5), "it did not happen within five minutes of the test's time");
        }

        await happened;
        return passed;
    }

    private async Task IdleAsync(int candidates)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (alarms.Count(alarm => alarm.IsSleep) >= candidates && !alarms.Any(alarm => alarm.IsRequest))
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private void Changed(Action change)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            change();
            (signal, changed) = (changed, NewSignal());
        }

        signal.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A timer that is known for what it is by how long it was set.</summary>
    private sealed class Alarm(ElectionClock owner, TimerCallback callback, object? state) : ITimer
    {
        private static readonly TimeSpan Request = new ElectionOptions { Lease = default, Identity = "" }.RequestTimeout;
        private ITimer? timer;
        private TimeSpan? due;

        /// <summary>Between two looks.</summary>
        public bool IsSleep => due is { } time && time > TimeSpan.Zero && time < TimeSpan.FromSeconds(2.3);

        public bool IsRequest => due == Request;

        public void Start(TimeProvider clock, TimeSpan dueTime, TimeSpan period)
        {
            // In one step: whoever sees that it sleeps may turn the clock at once, and a timer that was not set yet would begin that much later.
            owner.Changed(() =>
            {
                due = dueTime;
                timer = clock.CreateTimer(_ => Ring(), null, dueTime, period);
            });
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isSet = false;
            owner.Changed(() =>
            {
                due = dueTime;
                isSet = timer!.Change(dueTime, period);
            });

            return isSet;
        }

        public void Dispose()
        {
            timer?.Dispose();
            owner.Changed(() => owner.alarms.Remove(this));
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Ring()
        {
            owner.Changed(() => due = null);
            callback(state);
        }
    }
}
