using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding;

public sealed class RetryBudgetTests
{
    [Fact]
    public void In_the_long_run_a_fifth_of_the_requests_is_sent_again()
    {
        var budget = new RetryBudget();

        var retries = Enumerable.Range(0, 10_000).Count(_ =>
        {
            budget.Earn();
            return budget.TrySpend();
        });

        Assert.InRange(retries, 2_000, 2_020);
    }

    [Fact]
    public void Good_times_save_no_more_than_twenty_retries_for_bad_ones()
    {
        var budget = new RetryBudget();
        for (var request = 0; request < 10_000; request++)
        {
            budget.Earn();
        }

        var retries = 0;
        while (budget.TrySpend())
        {
            retries++;
        }

        Assert.Equal(20, retries);
    }
}
