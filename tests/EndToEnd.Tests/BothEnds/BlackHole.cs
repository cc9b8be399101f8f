using System.Net;
using System.Net.Sockets;

namespace Portcullis.EndToEnd.Tests.BothEnds;

/// <summary>A path to somewhere on loopback that can stop carrying bytes without telling anybody.</summary>
internal sealed class BlackHole : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource ending = new();
    private readonly IPEndPoint target;
    private readonly Task accepting;
    private volatile bool swallowing;

    public BlackHole(Uri target, IPAddress? address = null)
    {
        listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        this.target = new IPEndPoint(IPAddress.Loopback, target.Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"https://{listener.LocalEndpoint}");

    /// <summary>From now on nothing that is sent arrives, on any connection there is.</summary>
    public void Swallow() => swallowing = true;

    /// <summary>New connections work again; the swallowed ones stay lost.</summary>
    public void Heal() => swallowing = false;

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();

        try
        {
            while (true)
            {
                connections.Add(CarryAsync(await listener.AcceptSocketAsync(ending.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var lost = new TaskCompletionSource();

        try
        {
            await far.ConnectAsync(target, ending.Token);
            await Task.WhenAny(CopyAsync(near, far, lost.Task), CopyAsync(far, near, lost.Task));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            return;
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Task lost)
    {
        var buffer = new byte[16 * 1024];

        try
        {
            while (await from.ReceiveAsync(buffer, ending.Token) is var read and > 0)
            {
                if (swallowing)
                {
                    // This connection is lost for good, also after the path has healed.
                    await lost.WaitAsync(ending.Token);
                }

                await to.SendAsync(buffer.AsMemory(0, read), ending.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            return;
        }
    }
}
