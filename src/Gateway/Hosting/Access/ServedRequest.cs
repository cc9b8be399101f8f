using Microsoft.AspNetCore.Http.Features;

namespace Portcullis.Gateway.Hosting.Access;

/// <summary>What is measured while a request is served.</summary>
internal sealed class ServedRequest
{
    private readonly TimeProvider time;
    private readonly long began;
    private readonly IHttpResponseBodyFeature server;
    private readonly CountedBody body;

    private ServedRequest(HttpContext context, TimeProvider time)
    {
        this.time = time;
        began = time.GetTimestamp();
        server = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        body = new CountedBody(server);
    }

    /// <summary>Of the response's body, without framing.</summary>
    public long Bytes => body.Written;

    public TimeSpan Duration { get; private set; }

    /// <summary>Until the response began; null when it did not.</summary>
    public TimeSpan? FirstByte { get; private set; }

    public bool Threw { get; private set; }

    public static ServedRequest Begin(HttpContext context, TimeProvider time)
    {
        var served = new ServedRequest(context, time);
        context.Features.Set(served);
        context.Features.Set<IHttpResponseBodyFeature>(served.body);
        context.Response.OnStarting(
            static state =>
            {
                var served = (ServedRequest)state;
                served.FirstByte = served.time.GetElapsedTime(served.began);
                return Task.CompletedTask;
            },
            served);

        return served;
    }

    public void End(HttpContext context, bool threw)
    {
        context.Features.Set(server);
        Duration = time.GetElapsedTime(began);
        Threw = threw;
    }
}
