using Portcullis.Contract;

namespace Portcullis.Operator.Tests.Wire;

public sealed class BackoffTests
{
    private static readonly Backoff Backoff = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(5, 3200)]
    [InlineData(6, 5000)]
    [InlineData(1_000_000, 5000)]
    public void Waits_double_up_to_the_most_and_are_spread_over_the_whole_range(int failures, double most)
    {
        Assert.Equal(most, Backoff.After(failures, 1).TotalMilliseconds, 0.001);
        Assert.Equal(most / 10, Backoff.After(failures, 0).TotalMilliseconds, 0.001);
    }
}
