using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Reads;
using Portcullis.TestKit.FakeApiServer.Serving;

namespace Portcullis.TestKit.FakeApiServer.Faults;

/// <summary>Everything that can go wrong with an API server, on command. Outages are the server's own.</summary>
public sealed class ApiFaults
{
    private readonly ApiState state;
    private readonly ReadView view;
    private readonly WatchFaults watches;
    private ImmutableArray<AnswerFault> answers = [];

    internal ApiFaults(ApiState state, ReadView view, WatchFaults watches)
    {
        this.state = state;
        this.view = view;
        this.watches = watches;
    }

    /// <summary>Awaited before a request is looked at; nothing of it has happened yet.</summary>
    public Func<ApiRequest, Task> BeforeRequest { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited when a request is done and its answer not sent: what it wrote is written. Not called for watches.</summary>
    public Func<ApiRequest, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    /// <summary>What becomes of each event of each watch.</summary>
    public Func<WatchedEvent, EventFate> FateOfEvents
    {
        get => watches.FateOf;
        set => watches.FateOf = value;
    }

    /// <summary>The next requests of this sort are answered so. A watch that gets 410 gets it as its HTTP status.</summary>
    public void Answer(int times, Func<ApiRequest, bool> which, HttpStatusCode status, TimeSpan? retryAfter = null) =>
        ImmutableInterlocked.Update(ref answers, faults => faults.Add(new AnswerFault(times, which, status, retryAfter)));

    /// <summary>Ends all watches as a server does that is told to: in order, without an error.</summary>
    public void DropWatches() => watches.Drop();

    /// <summary>Watches stay open and say nothing, until <see cref="ResumeWatches"/>.</summary>
    public void HangWatches() => watches.Hang();

    public void ResumeWatches()
    {
        watches.Resume();
        state.Store.Touch();
    }

    /// <summary>Watches that allow it get a bookmark now.</summary>
    public void SendBookmarks()
    {
        watches.Bookmark();
        state.Store.Touch();
    }

    /// <summary>Forgets all history: watches that are behind, and pages of older lists, expire.</summary>
    public void Compact() => state.Store.Compact();

    /// <summary>From now on reads lag this far behind writes.</summary>
    public void Lag(TimeSpan delay, StaleReads reads = StaleReads.Cached) => view.Show(new Lag(reads, Delay: delay));

    /// <summary>From now on reads see nothing that is written from now on.</summary>
    public void FreezeReads(StaleReads reads = StaleReads.Cached) => view.Show(new Lag(reads, Frozen: state.Store.Now.Revision));

    /// <summary>Reads see the newest state again.</summary>
    public void CatchUp() => view.Show(Reads.Lag.None);

    internal void RefuseIfAsked(ApiRequest request)
    {
        if (answers.FirstOrDefault(fault => fault.Take(request)) is not { } fault)
        {
            return;
        }

        var headers = ImmutableDictionary<string, string>.Empty;
        throw new ApiFailureException((int)fault.Status, Reason(fault.Status), $"{fault.Status} on command")
        {
            Headers = fault.RetryAfter is { } delay ? headers.Add("Retry-After", ((int)delay.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : headers,
        };
    }

    private static string Reason(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => "BadRequest",
        HttpStatusCode.Unauthorized => "Unauthorized",
        HttpStatusCode.Forbidden => "Forbidden",
        HttpStatusCode.NotFound => "NotFound",
        HttpStatusCode.Conflict => "Conflict",
        HttpStatusCode.Gone => "Expired",
        HttpStatusCode.TooManyRequests => "TooManyRequests",
        HttpStatusCode.InternalServerError => "InternalError",
        HttpStatusCode.ServiceUnavailable => "ServiceUnavailable",
        HttpStatusCode.GatewayTimeout => "Timeout",
        _ => "",
    };
}
