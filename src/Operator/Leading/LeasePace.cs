namespace Portcullis.Operator.Leading;

/// <summary>How often the API server is asked, and for how long an answer is waited for.</summary>
internal static class LeasePace
{
    private const double Jitter = 0.1;

    /// <summary>A little more than the period, so that replicas do not come in step.</summary>
    public static TimeSpan Next(ElectionOptions options) => options.RetryPeriod * (1 + (Jitter * Random.Shared.NextDouble()));

    /// <exception cref="TimeoutException">It took longer; whether it was done is not known.</exception>
    public static async Task<T> WithinAsync<T>(TimeSpan limit, TimeProvider time, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            return await request(either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The API server did not answer about the Lease within {limit.TotalSeconds:0.#} s.");
        }
    }
}
