namespace Portcullis.Gateway.Proxy.Health;

/// <summary>
/// Requests and failures of the last minute, counted in slices, so that a busy endpoint costs no more memory than a quiet one. Not for two threads at once.
/// </summary>
internal sealed class FailureRate(TimeProvider time)
{
    /// <summary>Fewer requests say nothing about an endpoint.</summary>
    public const int FewestRequests = 10;

    /// <summary>This share of failures is too much.</summary>
    public const double Limit = 0.3;

    private const int SliceSeconds = 5;

    private readonly Slice[] slices = new Slice[12];

    /// <summary>Counts one request; true when too many of the last minute failed.</summary>
    public bool Add(bool failed)
    {
        var number = time.GetTimestamp() / (time.TimestampFrequency * SliceSeconds);
        ref var slice = ref slices[number % slices.Length];
        slice = new Slice(
            number,
            (slice.Number == number ? slice.Requests : 0) + 1,
            (slice.Number == number ? slice.Failures : 0) + (failed ? 1 : 0));

        return failed && IsTooHigh(since: number - slices.Length);
    }

    public void Clear() => Array.Clear(slices);

    private bool IsTooHigh(long since)
    {
        var (requests, failures) = (0, 0);
        foreach (var slice in slices)
        {
            if (slice.Number > since)
            {
                requests += slice.Requests;
                failures += slice.Failures;
            }
        }

        return requests >= FewestRequests && failures >= requests * Limit;
    }

    private readonly record struct Slice(long Number, int Requests, int Failures);
}
