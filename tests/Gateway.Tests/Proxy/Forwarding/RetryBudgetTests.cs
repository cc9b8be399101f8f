using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding;

/// <summary>The budget to the last retry: whatever else it allowed would be one too many or too few here.</summary>
public sealed class RetryBudgetTests
{
    [Fact]
    public void Twenty_retries_are_there_before_the_first_request() => Assert.Equal(20, Spent(new RetryBudget()));

    [Fact]
    public void Five_requests_earn_one_retry_and_four_earn_none()
    {
        var budget = new RetryBudget();
        Spent(budget);

        Earn(budget, 4);
        Assert.False(budget.TrySpend());

        Earn(budget, 1);
        Assert.True(budget.TrySpend());
        Assert.False(budget.TrySpend());
    }

    [Fact]
    public void In_the_long_run_a_fifth_of_the_requests_is_sent_again()
    {
        var budget = new RetryBudget();

        var retries = Enumerable.Range(0, 10_000).Count(_ =>
        {
            budget.Earn();
            return budget.TrySpend();
        });

        // The first request finds the store full.
        Assert.Equal(20 + (9_999 / 5), retries);
    }

    [Fact]
    public void Good_times_save_no_more_than_twenty_retries_for_bad_ones()
    {
        var budget = new RetryBudget();
        Earn(budget, 10_000);

        Assert.Equal(20, Spent(budget));
        Earn(budget, 4);
        Assert.False(budget.TrySpend());
        Earn(budget, 10_000);
        Assert.Equal(20, Spent(budget));
    }

    private static void Earn(RetryBudget budget, int requests)
    {
        for (var request = 0; request < requests; request++)
        {
            budget.Earn();
        }
    }

    /// <summary>How many there were; a budget that never ends is told so.</summary>
    private static int Spent(RetryBudget budget) => Enumerable.Range(0, 1_000).TakeWhile(_ => budget.TrySpend()).Count();
}
