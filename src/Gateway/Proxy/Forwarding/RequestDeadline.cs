using Microsoft.AspNetCore.Http.Timeouts;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>
/// The end of one request: its route's timeout, or the gateway's own. YARP calls the timeout off when a request has become a WebSocket; the
/// gateway's end stays.
/// </summary>
internal sealed class RequestDeadline : IHttpRequestTimeoutFeature, IDisposable
{
    private readonly CancellationTokenSource? timeout;
    private readonly CancellationTokenSource? either;

    public RequestDeadline(TimeSpan? requestTimeout, TimeProvider time, CancellationToken gatewayEnds)
    {
        timeout = requestTimeout is { } limit ? new CancellationTokenSource(limit, time) : null;
        either = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gatewayEnds);
        RequestTimeoutToken = either?.Token ?? gatewayEnds;
    }

    public CancellationToken RequestTimeoutToken { get; }

    public bool HasPassed => timeout is { IsCancellationRequested: true };

    public void DisableTimeout() => timeout?.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        either?.Dispose();
        timeout?.Dispose();
    }
}
