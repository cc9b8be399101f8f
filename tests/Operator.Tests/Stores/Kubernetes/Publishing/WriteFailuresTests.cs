using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Publishing;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing;

public sealed class WriteFailuresTests
{
    private static readonly ObjectRef Route = new("BackendRoute", new ResourceKey("shop", "web"));
    private readonly WatchedClock time = new();
    private readonly WriteFailures failures;

    public WriteFailuresTests() => failures = new WriteFailures(new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), time);

    [Fact]
    public void A_failure_holds_back_until_the_object_changes()
    {
        failures.Failed(Route, "1", "no");

        Assert.True(failures.IsHeldBack(Route, "1"));
        Assert.False(failures.IsHeldBack(Route, "2"));
    }

    [Fact]
    public void A_failure_is_due_after_its_wait()
    {
        failures.Failed(Route, "1", "no");
        Assert.False(failures.IsDue(Route));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(failures.IsDue(Route));
    }

    [Fact]
    public void The_server_may_ask_for_a_longer_wait()
    {
        failures.Failed(Route, "1", "no", retryAfter: TimeSpan.FromSeconds(20));
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(failures.IsDue(Route));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(failures.IsDue(Route));
    }

    [Fact]
    public void Only_another_problem_is_news()
    {
        Assert.True(failures.Failed(Route, "1", "no"));
        Assert.False(failures.Failed(Route, "1", "no"));
        Assert.True(failures.Failed(Route, "1", "never"));
        Assert.True(failures.Succeeded(Route));
        Assert.False(failures.Succeeded(Route));
        Assert.True(failures.Failed(Route, "1", "never"));
    }

    [Fact]
    public async Task Whoever_waits_is_woken_when_something_is_due()
    {
        var waiting = failures.DueAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        failures.Failed(Route, "1", "no");

        await time.FlowUntilAsync(waiting, TestContext.Current.CancellationToken);
    }
}
