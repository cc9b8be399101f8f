using Microsoft.AspNetCore.Http;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>
/// Answers everything at once, except <c>/held</c>: as a backend would that does not notice that nobody waits any more, it answers that when it is released.
/// </summary>
internal sealed class HeldAnswer
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int begun;

    /// <summary>Requests for <c>/held</c> that have come.</summary>
    public int Begun => Volatile.Read(ref begun);

    public void Release() => released.TrySetResult();

    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/held")
        {
            Interlocked.Increment(ref begun);
            await released.Task;
        }

        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.Response.WriteAsync("answer", context.RequestAborted);
    }
}
