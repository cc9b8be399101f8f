using System.Net;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>
/// A request's body on its way over HTTP/2. A backend that ends a connection names the requests that it has not begun with (GOAWAY, REFUSED_STREAM; RFC 9113,
/// section 8.7), and the client sends those again by itself, whatever their method. It asks for their bodies once more, which the forwarder can send only once:
/// so the first of what was sent is kept here until the answer begins.
/// </summary>
internal sealed class RepeatableBody : HttpContent
{
    private readonly HttpContent body;
    private readonly BodyOutlet outlet = new();
    private readonly CancellationTokenSource unwanted = new();
    private Task? sent;

    /// <param name="body">The forwarder's.</param>
    public RepeatableBody(HttpContent body)
    {
        this.body = body;
        foreach (var (name, values) in body.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>The answer has begun, or there will be none: nothing of this is asked for again.</summary>
    public void Settle() => outlet.Settle();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <param name="stream">Of one attempt.</param>
    /// <param name="context">Of its connection.</param>
    /// <param name="cancellationToken">The attempt wants no more, for good or ill.</param>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var isFollowed = await outlet.TurnToAsync(stream, cancellationToken).ConfigureAwait(false);
        sent ??= body.CopyToAsync(outlet, context, unwanted.Token);

        await Task.WhenAny(sent, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        if (sent.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            await sent.ConfigureAwait(false);
            return;
        }

        // The client is about to find out why. Were it told first that the body has failed, it would not look for the reason and never send the request again.
        if (!await isFollowed.ConfigureAwait(false))
        {
            await unwanted.CancelAsync().ConfigureAwait(false);
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        throw new OperationCanceledException(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
