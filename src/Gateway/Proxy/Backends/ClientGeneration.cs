using System.Text;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>
/// One HTTP client and its pools, used until trust narrows. Disposing it while a request still waits for headers would fail that request, so it goes when the
/// last such request has left; running responses outlive it.
/// </summary>
internal sealed class ClientGeneration
{
    // HTTP/2 pools are kept for each Host; idle ones must not pile up.
    private static readonly TimeSpan LongestHttp2Idle = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker client;

    // One use is being the current generation.
    private int uses = 1;

    private ClientGeneration(HttpMessageInvoker client) => this.client = client;

    public static ClientGeneration Create(
        BackendProtocol protocol, ConnectionSettings settings, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) =>
        new(new HttpMessageInvoker(Handler(protocol, settings, connect)));

    public static SocketsHttpHandler Handler(
        BackendProtocol protocol, ConnectionSettings settings, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => new()
        {
            ConnectCallback = connect,
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult(PlaintextGuard.Checked(context.PlaintextStream)),

            // The connector keeps the time itself, so that running out of it is a verdict like any other.
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            MaxConnectionsPerServer = settings.MaximumPerEndpoint,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = IdleTimeout(protocol, settings),
            PooledConnectionLifetime = settings.MaximumLifetime,
            KeepAlivePingDelay = PingDelay(protocol),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ActivityHeadersPropagator = null,

            // Header values pass as the bytes they are; the front reads and writes them in the same way.
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };

    // Servers of gRPC take the third PING within five minutes without an answer of theirs for an attack (ENHANCE_YOUR_CALM, too_many_pings) and end all calls of
    // the connection: a call on which nothing moves for a while is none to be pinged.
    private static TimeSpan PingDelay(BackendProtocol protocol) => protocol == BackendProtocol.Grpc ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(30);

    private static TimeSpan IdleTimeout(BackendProtocol protocol, ConnectionSettings settings) =>
        protocol == BackendProtocol.Http11 || settings.IdleTimeout < LongestHttp2Idle ? settings.IdleTimeout : LongestHttp2Idle;

    /// <summary>False when it is already gone; take the current one instead.</summary>
    public bool TryEnter()
    {
        for (var seen = Volatile.Read(ref uses); seen > 0; seen = Volatile.Read(ref uses))
        {
            if (Interlocked.CompareExchange(ref uses, seen + 1, seen) == seen)
            {
                return true;
            }
        }

        return false;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => client.SendAsync(request, cancellationToken);

    public void Leave()
    {
        if (Interlocked.Decrement(ref uses) == 0)
        {
            client.Dispose();
        }
    }

    /// <summary>It is no longer the current one. To be called once.</summary>
    public void Retire() => Leave();
}
