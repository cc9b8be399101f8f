using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;

namespace Portcullis.Gateway.Proxy.Reporting;

/// <summary>Offers a whole report soon after something changed; changes that come close together make one.</summary>
internal sealed class ReportPublisher : IDisposable
{
    private readonly Func<GatewayReport> current;
    private readonly TimeSpan delay;
    private readonly ITimer timer;
    private int waiting;

    public ReportPublisher(Func<GatewayReport> current, TimeSpan delay, TimeProvider time)
    {
        this.current = current;
        this.delay = delay;
        timer = time.CreateTimer(_ => Publish(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Latest<GatewayReport> Reports { get; } = new();

    public void Changed()
    {
        if (Interlocked.Exchange(ref waiting, 1) == 0)
        {
            timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => timer.Dispose();

    private void Publish()
    {
        // Cleared first: what changes while the report is made asks for the next one.
        Interlocked.Exchange(ref waiting, 0);
        Reports.Offer(current());
    }
}
