namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

/// <summary>How many events may be written: of one object, and of all. A route that flaps must not flood the cluster, nor silence the others.</summary>
internal sealed class EventBudget(TimeProvider time)
{
    private const int MostOfOne = 10;
    private const int MostOfAll = 100;
    private static readonly TimeSpan OneAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AllAgain = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> objects = new(StringComparer.Ordinal);
    private Bucket all = new(MostOfAll, time.GetTimestamp());

    /// <summary>Takes a token of both; takes none when either has none.</summary>
    public bool TryTake(string uid)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var one = Filled(objects.GetValueOrDefault(uid) ?? new Bucket(MostOfOne, now), MostOfOne, OneAgain, now);
            all = Filled(all, MostOfAll, AllAgain, now);

            if (one.Tokens < 1 || all.Tokens < 1)
            {
                return false;
            }

            ForgetFull(now);
            objects[uid] = one with { Tokens = one.Tokens - 1 };
            all = all with { Tokens = all.Tokens - 1 };
            return true;
        }
    }

    private Bucket Filled(Bucket bucket, int most, TimeSpan again, long now) =>
        new(Math.Min(most, bucket.Tokens + (time.GetElapsedTime(bucket.At, now) / again)), now);

    /// <summary>A bucket that is full again is as good as none. Looked for only when there are many.</summary>
    private void ForgetFull(long now)
    {
        if (objects.Count < 1000)
        {
            return;
        }

        foreach (var full in objects.Where(bucket => Filled(bucket.Value, MostOfOne, OneAgain, now).Tokens >= MostOfOne).Select(bucket => bucket.Key).ToList())
        {
            objects.Remove(full);
        }
    }

    private sealed record Bucket(double Tokens, long At);
}
