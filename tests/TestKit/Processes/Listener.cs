using System.Net;
using System.Net.Sockets;

namespace Portcullis.TestKit.Processes;

/// <summary>Whether somebody listens on a port of loopback.</summary>
public static class Listener
{
    public static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
