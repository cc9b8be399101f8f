using Portcullis.Operator.Leading;

namespace Portcullis.Operator.Tests.Leading;

public sealed class TermTests
{
    private readonly StoppedProcessTime time = new();

    [Fact]
    public void A_process_that_was_stopped_past_the_deadline_holds_nothing_before_any_timer_has_rung()
    {
        using var term = new Term(7, time.GetTimestamp(), TimeSpan.FromSeconds(10), time);

        time.Sleep(TimeSpan.FromSeconds(9.9));
        var before = term.IsHeld;
        time.Sleep(TimeSpan.FromSeconds(0.1));

        Assert.True(before);
        Assert.False(term.IsHeld);
        Assert.False(term.Ended.IsCancellationRequested);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(600, true)]
    [InlineData(700, false)]
    [InlineData(long.MaxValue - int.MaxValue, false)]
    public void Only_an_epoch_that_a_clock_may_have_made_outruns_a_term(long ahead, bool outruns)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        using var term = new Term(now, time.GetTimestamp(), TimeSpan.FromSeconds(10), time);

        Assert.Equal(outruns, term.Outrun(now + ahead));
        Assert.Equal(outruns ? now + ahead : null, term.OutrunBy);
    }

    [Fact]
    public void A_renewal_counts_from_the_moment_before_its_request()
    {
        using var term = new Term(7, time.GetTimestamp(), TimeSpan.FromSeconds(10), time);
        time.Sleep(TimeSpan.FromSeconds(5));
        var asked = time.GetTimestamp();
        time.Sleep(TimeSpan.FromSeconds(4));

        term.Renew(asked);
        time.Sleep(TimeSpan.FromSeconds(5.9));
        var before = term.IsHeld;
        time.Sleep(TimeSpan.FromSeconds(0.1));

        Assert.True(before);
        Assert.False(term.IsHeld);
    }

    [Fact]
    public void What_has_ended_is_not_revived_by_a_renewal_that_came_through_after_all()
    {
        using var term = new Term(7, time.GetTimestamp(), TimeSpan.FromSeconds(10), time);
        time.Sleep(TimeSpan.FromSeconds(11));

        term.Renew(time.GetTimestamp());

        Assert.False(term.IsHeld);
        Assert.True(term.Ended.IsCancellationRequested);
    }

    /// <summary>The time of a process under SIGSTOP: it passes, and no timer rings.</summary>
    private sealed class StoppedProcessTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Sleep(TimeSpan time) => now += time.Ticks;

        public override long GetTimestamp() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

        private sealed class Silent : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => GC.SuppressFinalize(this);

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
