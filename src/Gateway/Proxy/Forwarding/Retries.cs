using Microsoft.AspNetCore.Http;
using Portcullis.Contract.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>What one request has tried, and whether it may be sent once more: as long as its client has seen nothing.</summary>
/// <param name="context">Of the request.</param>
/// <param name="request">Is sent to another endpoint if there is one, and never to another backend.</param>
/// <param name="rule">Null when it is sent again only where nothing can be done twice.</param>
/// <param name="body">The whole of it; empty also when nothing was taken of it yet.</param>
internal sealed class Retries(HttpContext context, ForwardedRequest request, RetryRule? rule, byte[] body)
{
    // Doubling ends here, whatever the rule begins with.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    // Each may cost a connect time-out, and whoever still waits after so many has no use for the next one.
    private const int MostDetours = 3;

    private readonly List<DestinationState> failed = [];
    private int detours;
    private int repeats;

    /// <summary>How often the request was sent again.</summary>
    public int Made => detours + repeats;

    public bool IsPlanned { get; private set; }

    /// <summary>Before the planned attempt.</summary>
    public TimeSpan Wait { get; private set; }

    /// <summary>Whether an answer with this status is dropped and asked for again.</summary>
    public bool SetsAside(int status) => rule is not null && rule.Codes.Contains(status) && PlansRepeat();

    public bool PlansAfter(ForwarderError error, Exception? exception) =>
        (RetryableFailure.IsUnreachable(exception) && HasWholeBody() && PlansDetour())
        || ((rule is null ? IsSafeAfter(error, exception) : RetryableFailure.IsLost(error, exception, request.Deadline)) && PlansRepeat());

    /// <summary>Waits, then puts everything back as it was before the first attempt. False when the request has ended meanwhile.</summary>
    public async ValueTask<bool> BeginAsync(TimeProvider time)
    {
        IsPlanned = false;
        if (!await WaitAsync(time).ConfigureAwait(false))
        {
            // A dropped answer is no error of the forwarder's, but nothing has been said to the client yet.
            request.Error = ForwarderError.RequestCanceled;
            return false;
        }

        // Nothing has been sent. The forwarder has set a status; of an answer that is asked for again nothing was copied.
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        request.StartAgain(failed);
        if (body.Length > 0)
        {
            context.Request.Body = new MemoryStream(body, writable: false);
        }

        return true;
    }

    private bool HasWholeBody() => body.Length > 0 || Repeatable.IsUntouched(context);

    // A request that a connection took along when it ended is no sign of a backend in trouble. It goes once more, as RFC 9110 (9.2.2) permits. Over HTTP/1.1 the
    // client does this itself, for it knows whether the connection had been used before. Over HTTP/2 a body is asked for in the same breath in which the head is
    // sent, so that one without the other was not sent either, and it does not matter what the request asks for.
    private bool IsSafeAfter(ForwarderError error, Exception? exception) =>
        request.Endpoint is { Address.IsHttp2: true }
        && RetryableFailure.IsBrokenOff(error, exception)
        && (Repeatable.HasBody(context) ? Repeatable.IsUntouched(context) : Repeatable.IsIdempotent(context));

    // Nobody has heard of the request yet, so going elsewhere burdens nobody: it needs no rule and costs nothing of what is there for requests that were sent.
    private bool PlansDetour()
    {
        if (detours >= MostDetours || !request.HasOthers(Failed()) || !MayGoOn(TimeSpan.Zero))
        {
            return false;
        }

        detours++;
        Wait = TimeSpan.Zero;
        return IsPlanned = true;
    }

    private bool PlansRepeat()
    {
        var wait = NextWait();
        if (repeats >= (rule?.Attempts ?? 1) || !MayGoOn(wait) || !request.Target.Backend.Retries.TrySpend())
        {
            return false;
        }

        Failed();
        repeats++;
        Wait = wait;
        return IsPlanned = true;
    }

    private bool MayGoOn(TimeSpan wait) =>
        !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested && request.Deadline.Leaves(wait);

    private List<DestinationState> Failed()
    {
        if (request.ProxiedDestination is { } destination && !failed.Contains(destination))
        {
            failed.Add(destination);
        }

        return failed;
    }

    // Doubling, and up to half as long again, so that requests that failed together do not return together.
    private TimeSpan NextWait()
    {
        if (rule is null)
        {
            return TimeSpan.Zero;
        }

        var least = Math.Min(LongestWait.TotalMilliseconds, rule.Backoff.TotalMilliseconds * Math.Pow(2, repeats));
        return TimeSpan.FromMilliseconds(least * (1 + (Random.Shared.NextDouble() / 2)));
    }

    private async ValueTask<bool> WaitAsync(TimeProvider time)
    {
        if (Wait == TimeSpan.Zero)
        {
            return true;
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, request.Deadline.RequestTimeoutToken);
        try
        {
            await Task.Delay(Wait, time, ends.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            // Which of the two it was is read from them when the answer is written.
            return false;
        }
    }
}
