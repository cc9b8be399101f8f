namespace Portcullis.Gateway.Proxy.Health;

/// <summary>
/// Whether one endpoint is worth a request, by its probes and by the requests that went there. It lives as long as the endpoint does: YARP's own policies keep
/// their counts by cluster, and a cluster is built anew with every change of its route.
/// </summary>
internal sealed class EndpointHealth(TimeProvider time)
{
    /// <summary>One lost probe is an accident.</summary>
    public const int ProbesToGoOut = 2;

    /// <summary>How long an endpoint is left out after too many failed requests; then it is tried again and counted from nothing.</summary>
    public static readonly TimeSpan LeftOutFor = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly FailureRate rate = new(time);
    private int failedProbes;
    private volatile bool failsProbes;
    private long leftOutSince;
    private volatile bool isLeftOut;

    public bool IsOut => failsProbes || IsLeftOut;

    private bool IsLeftOut => isLeftOut && time.GetElapsedTime(Interlocked.Read(ref leftOutSince)) < LeftOutFor;

    /// <summary>One good probe ends what bad ones began. It does not excuse failed requests: a small answer may get through where others do not.</summary>
    public HealthChange Probed(bool isGood)
    {
        lock (gate)
        {
            var wasOut = IsOut;
            if (isGood)
            {
                failedProbes = 0;
                failsProbes = false;
            }
            else if (++failedProbes >= ProbesToGoOut)
            {
                failsProbes = true;
            }

            return Change(wasOut);
        }
    }

    public HealthChange Requested(bool failed)
    {
        lock (gate)
        {
            var wasOut = IsOut;
            if (rate.Add(failed))
            {
                rate.Clear();
                Interlocked.Exchange(ref leftOutSince, time.GetTimestamp());
                isLeftOut = true;
            }

            return Change(wasOut);
        }
    }

    /// <summary>There are no probes any more.</summary>
    public void ForgetProbes()
    {
        lock (gate)
        {
            failedProbes = 0;
            failsProbes = false;
        }
    }

    /// <summary>Requests are not counted any more, or what made them fail may have changed.</summary>
    public void ForgetRequests()
    {
        lock (gate)
        {
            rate.Clear();
            isLeftOut = false;
        }
    }

    private HealthChange Change(bool wasOut) => (wasOut, IsOut) switch
    {
        (false, true) => HealthChange.WentOut,
        (true, false) => HealthChange.CameBack,
        _ => HealthChange.None,
    };
}
