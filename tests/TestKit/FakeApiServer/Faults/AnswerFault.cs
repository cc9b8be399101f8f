using System.Net;
using Portcullis.TestKit.FakeApiServer.Serving;

namespace Portcullis.TestKit.FakeApiServer.Faults;

/// <summary>The next requests of some sort get this answer instead of their own.</summary>
internal sealed class AnswerFault(int times, Func<ApiRequest, bool> which, HttpStatusCode status, TimeSpan? retryAfter)
{
    private int left = times;

    public HttpStatusCode Status => status;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>True when it is for this request, which uses it up by one.</summary>
    public bool Take(ApiRequest request) => Volatile.Read(ref left) > 0 && which(request) && Interlocked.Decrement(ref left) >= 0;
}
