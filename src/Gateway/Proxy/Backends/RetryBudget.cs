namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>
/// How many requests to one backend may be sent again: every request earns a fifth of a retry, and a store of twenty is there from the start. In the long
/// run retries add a fifth to the load of a backend that fails, and never multiply it.
/// </summary>
internal sealed class RetryBudget
{
    private const int Retry = 5;
    private const int Most = 20 * Retry;

    // In fifths of a retry.
    private int store = Most;

    public void Earn()
    {
        // A full store, which is the rule, is not written to by every request of every core. A race lets it rise by a few fifths more.
        if (Volatile.Read(ref store) < Most)
        {
            Interlocked.Increment(ref store);
        }
    }

    /// <summary>False when the backend gets no more retries for now.</summary>
    public bool TrySpend()
    {
        for (var seen = Volatile.Read(ref store); seen >= Retry; seen = Volatile.Read(ref store))
        {
            if (Interlocked.CompareExchange(ref store, seen - Retry, seen) == seen)
            {
                return true;
            }
        }

        return false;
    }
}
