using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Gateway.Tests.Hosting.Front.Floods;
using Portcullis.TestKit.Clients;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>Clients that mean no good, from many addresses. Whatever the gateway does to them is as well.</summary>
internal sealed class Attackers(IPEndPoint gateway, IPEndPoint plain, X509Certificate2 root, CancellationToken stop)
{
    private const int Addresses = 60;
    private int next;
    private int opened;
    private int ended;
    private int slow;

    /// <summary>Of them, those that were slow with their headers.</summary>
    public int Slow => slow;

    /// <summary>Connections that were made so far.</summary>
    public int Opened => opened;

    /// <summary>Of them, those that the gateway ended.</summary>
    public int Ended => ended;

    /// <summary>A header that comes a byte at a time, until the gateway has had enough. Without TLS, which would cost the attacker more than it is worth.</summary>
    public Task SlowAsync() => AttackAsync(async from =>
    {
        using var socket = await ConnectAsync(from, plain);
        Interlocked.Increment(ref opened);
        Interlocked.Increment(ref slow);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: shop.test\r\nX-Slow: "), stop);
        var end = socket.ReceiveAsync(new byte[1000], stop).AsTask();
        while (!end.IsCompleted)
        {
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(2), stop));
            await socket.SendAsync("s"u8.ToArray(), stop);
        }
    });

    public Task StallAsync() => AttackAsync(async from =>
    {
        using var socket = await ConnectAsync(from, gateway);
        Interlocked.Increment(ref opened);
        await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01 }, stop);
        while (await socket.ReceiveAsync(new byte[100], stop) > 0)
        {
            // Nothing is answered to it.
        }
    });

    /// <summary>Headers without an end, in one go.</summary>
    public Task BombAsync() => AttackAsync(async from =>
    {
        await using var stream = await TestClient.ConnectAsync(from, gateway, root, SoakSite.Host, SslApplicationProtocol.Http11, stop);
        Interlocked.Increment(ref opened);
        var end = stream.CopyToAsync(Stream.Null, stop);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: shop.test\r\nX-Bomb: "), stop);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('b', 1024 * 1024)), stop);
        await end;
    });

    /// <summary>Streams that are opened and reset.</summary>
    public Task ResetStreamsAsync() => AttackAsync(async from =>
    {
        await using var stream = await TestClient.ConnectAsync(from, gateway, root, SoakSite.Host, SslApplicationProtocol.Http2, stop);
        Interlocked.Increment(ref opened);
        await stream.WriteAsync(Http2Frames.Preface, stop);
        var end = stream.CopyToAsync(Stream.Null, stop);
        for (var number = 0; number < 1000 && !end.IsCompleted; number++)
        {
            var id = (number * 2) + 1;
            await stream.WriteAsync(
                (byte[])[.. Http2Frames.Headers(id, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Get("/long")), .. Http2Frames.Reset(id)], stop);
        }
    });

    /// <summary>A connection that is reset where the handshake should begin.</summary>
    public Task ResetAsync() => AttackAsync(async from =>
    {
        using var socket = await ConnectAsync(from, gateway);
        Interlocked.Increment(ref opened);
        await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02 }, stop);
        socket.Close(0);
    });

    private async Task<Socket> ConnectAsync(IPAddress from, IPEndPoint to)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(to, stop);

        return socket;
    }

    private async Task AttackAsync(Func<IPAddress, Task> attack)
    {
        try
        {
            await attack(new IPAddress([127, 0, 1, (byte)(1 + ((uint)Interlocked.Increment(ref next) % Addresses))]));
        }
        catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // Ended by the gateway, or by the end of the test: both are what an attacker has to expect.
        }

        Interlocked.Increment(ref ended);
    }
}
