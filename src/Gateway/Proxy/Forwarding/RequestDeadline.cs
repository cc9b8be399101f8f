using Microsoft.AspNetCore.Http.Timeouts;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>
/// The end of one request: its route's timeout, that of an attempt, or the gateway's own. YARP calls the timeouts off when a request has become a
/// WebSocket; the gateway's end stays.
/// </summary>
internal sealed class RequestDeadline : IHttpRequestTimeoutFeature, IDisposable
{
    private readonly TimeProvider time;
    private readonly long began;
    private readonly TimeSpan? limit;
    private readonly CancellationTokenSource? timeout;
    private readonly CancellationTokenSource? either;
    private CancellationTokenSource? attempt;
    private CancellationTokenSource? attemptOrRequest;

    public RequestDeadline(TimeSpan? requestTimeout, TimeProvider time, CancellationToken gatewayEnds)
    {
        this.time = time;
        limit = requestTimeout;
        began = requestTimeout is null ? 0 : time.GetTimestamp();
        timeout = requestTimeout is { } length ? new CancellationTokenSource(length, time) : null;
        either = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gatewayEnds);
        RequestTimeoutToken = either?.Token ?? gatewayEnds;
    }

    public CancellationToken RequestTimeoutToken { get; }

    public bool HasPassed => timeout is { IsCancellationRequested: true };

    /// <summary>Whether the attempt that was started last took too long.</summary>
    public bool AttemptHasPassed => attempt is { IsCancellationRequested: true };

    /// <summary>Whether the request has more time than this.</summary>
    public bool Leaves(TimeSpan wait) =>
        !RequestTimeoutToken.IsCancellationRequested && (limit is not { } length || time.GetElapsedTime(began) + wait < length);

    /// <param name="attemptTimeout">Null when only the request's own end counts.</param>
    public CancellationToken StartAttempt(TimeSpan? attemptTimeout)
    {
        EndAttempt();
        if (attemptTimeout is not { } length)
        {
            return RequestTimeoutToken;
        }

        attempt = new CancellationTokenSource(length, time);
        attemptOrRequest = CancellationTokenSource.CreateLinkedTokenSource(attempt.Token, RequestTimeoutToken);

        return attemptOrRequest.Token;
    }

    public void DisableTimeout()
    {
        timeout?.CancelAfter(Timeout.InfiniteTimeSpan);
        attempt?.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        EndAttempt();
        either?.Dispose();
        timeout?.Dispose();
    }

    private void EndAttempt()
    {
        attemptOrRequest?.Dispose();
        attempt?.Dispose();
        attemptOrRequest = null;
        attempt = null;
    }
}
