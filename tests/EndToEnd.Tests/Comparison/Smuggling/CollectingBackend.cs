using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;
using Portcullis.TestKit.Events;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>
/// Answers the first request of each connection, says that it is the only one, and keeps every byte until the other side closes: what comes after the first
/// request was taken for a part of it by whoever sent it.
/// </summary>
internal sealed class CollectingBackend : IAsyncDisposable
{
    private const string Answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

    private readonly ScriptedServer server;
    private readonly Journal<Collected> connections = new();
    private int taken;

    public CollectingBackend(X509Certificate2 certificate) => server = ScriptedServer.Start(certificate, (_, stream, token) => ServeAsync(stream, token));

    public int Port => server.Port;

    /// <summary>What came since the last call, one text a connection, once all those connections have ended.</summary>
    public async Task<string[]> TakeAsync(CancellationToken cancellationToken)
    {
        var all = await connections.WaitAsync(known => known.All(connection => connection.HasEnded), cancellationToken);
        string[] texts = [.. all.Skip(taken).Select(connection => connection.Text)];
        taken = all.Length;

        return texts;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task ServeAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var text = new StringBuilder();
        Collected? connection = null;
        var (isEncouraged, isAnswered) = (false, false);
        try
        {
            // A proxy may connect ahead of need: a connection counts from its first byte.
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                if (connection is null)
                {
                    connections.Add(connection = new Collected());
                }

                if (!isAnswered && !isEncouraged && text.ToString().Contains("\r\nExpect: 100-continue\r\n", StringComparison.OrdinalIgnoreCase))
                {
                    isEncouraged = true;
                    await ScriptedServer.SayAsync(stream, "HTTP/1.1 100 Continue\r\n\r\n", cancellationToken);
                }

                if (!isAnswered && StrictReader.Of(text.ToString()) is not { Requests: 0, Doubts.IsEmpty: true })
                {
                    isAnswered = true;
                    await ScriptedServer.SayAsync(stream, Answer, cancellationToken);
                    await stream.ShutdownAsync();
                }
            }
        }
        finally
        {
            connection?.End(text.ToString());
            connections.Touch();
        }
    }

    /// <summary>The bytes of one connection.</summary>
    private sealed class Collected
    {
        private volatile string? text;

        public bool HasEnded => text is not null;

        public string Text => text ?? "";

        public void End(string all) => text = all;
    }
}
