using System.Net;
using System.Net.Sockets;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>Spreads TCP connections over the gateways that say that they are ready, as the Service of a cluster does: it asks now and then, and leaves running connections alone.</summary>
internal sealed class TcpBalancer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SoakGateway[] gateways;
    private readonly Task accepting;
    private readonly Task watching;
    private volatile SoakGateway[] ready;
    private int next;

    public TcpBalancer(params SoakGateway[] gateways)
    {
        this.gateways = ready = gateways;
        listener.Start();
        accepting = AcceptAsync();
        watching = WatchAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndpoint;

    public int Ready => ready.Length;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await watching;
        await accepting;
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var found = new List<SoakGateway>();
            foreach (var gateway in gateways)
            {
                if (await gateway.IsReadyAsync(CancellationToken.None))
                {
                    found.Add(gateway);
                }
            }

            ready = [.. found];
            await Task.Delay(Interval, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stopping.Token);
                running.RemoveAll(pair => pair.IsCompleted);
                running.Add(ServeAsync(client));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException && stopping.IsCancellationRequested)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var from = client;
        using var to = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        from.NoDelay = true;
        try
        {
            var chosen = ready;
            await to.ConnectAsync(chosen[(int)((uint)Interlocked.Increment(ref next) % chosen.Length)].EndPoint, stopping.Token);
            await Task.WhenAll(CopyAsync(from, to), CopyAsync(to, from));
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException or DivideByZeroException)
        {
            // One end reset, or none is ready: the client sees its connection end, and the test counts what it lost by it.
            from.Close(0);
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReceiveAsync(buffer, stopping.Token)) > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, read), stopping.Token);
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
