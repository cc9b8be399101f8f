using Microsoft.Extensions.Time.Testing;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Events;

public sealed class EventBudgetTests
{
    private readonly FakeTimeProvider time = new();
    private readonly EventBudget budget;

    public EventBudgetTests() => budget = new EventBudget(time);

    [Fact]
    public void An_object_that_flaps_spends_only_its_own()
    {
        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => budget.TryTake("flapping")));
        Assert.True(budget.TryTake("quiet"));
    }

    [Fact]
    public void It_earns_one_a_minute()
    {
        _ = Enumerable.Range(0, 50).Count(_ => budget.TryTake("flapping"));

        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(2, Enumerable.Range(0, 50).Count(_ => budget.TryTake("flapping")));
    }

    [Fact]
    public void All_together_have_a_bound()
    {
        Assert.Equal(100, Enumerable.Range(0, 1000).Count(index => budget.TryTake($"object-{index}")));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, Enumerable.Range(0, 1000).Count(index => budget.TryTake($"object-{index}")));
    }
}
