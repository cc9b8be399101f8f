using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;

namespace Portcullis.Gateway.Tests.Hosting.Smuggling;

/// <summary>A verified backend that keeps every byte it receives and answers whatever looks like a request; it reads framing in the plainest way.</summary>
internal sealed class RecordingBackend : IAsyncDisposable
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly Lock gate = new();
    private readonly StringBuilder received = new();
    private readonly List<string> heads = [];
    private readonly ScriptedServer server;

    public RecordingBackend(X509Certificate2 certificate) => server = ScriptedServer.Start(certificate, (_, stream, token) => ServeAsync(stream, token));

    public int Port => server.Port;

    /// <summary>All so far, on whatever connection.</summary>
    public string Received
    {
        get
        {
            lock (gate)
            {
                return received.ToString();
            }
        }
    }

    /// <summary>Of the requests that came whole so far as their headers, one each.</summary>
    public string[] Heads
    {
        get
        {
            lock (gate)
            {
                return [.. heads];
            }
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task ServeAsync(SslStream stream, CancellationToken cancellationToken)
    {
        while (await ReadUntilAsync(stream, "\r\n\r\n", cancellationToken) is { } head)
        {
            lock (gate)
            {
                heads.Add(head);
            }

            if (!await ReadBodyAsync(stream, head, cancellationToken))
            {
                return;
            }

            await ScriptedServer.SayAsync(stream, Answer, cancellationToken);
        }
    }

    private async Task<bool> ReadBodyAsync(SslStream stream, string head, CancellationToken cancellationToken)
    {
        if (head.Contains("\r\nTransfer-Encoding:", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadUntilAsync(stream, "0\r\n\r\n", cancellationToken) is not null;
        }

        const string Length = "\r\nContent-Length: ";
        var at = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        var length = at < 0 ? 0 : int.Parse(head.AsSpan(at + Length.Length, head.IndexOf('\r', at + 2) - at - Length.Length), CultureInfo.InvariantCulture);

        while (length > 0 && await ReadByteAsync(stream, cancellationToken) >= 0)
        {
            length--;
        }

        return length == 0;
    }

    /// <summary>Null at the end of the stream.</summary>
    private async Task<string?> ReadUntilAsync(SslStream stream, string end, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (text.Length < end.Length || text.ToString(text.Length - end.Length, end.Length) != end)
        {
            var read = await ReadByteAsync(stream, cancellationToken);
            if (read < 0)
            {
                return null;
            }

            text.Append((char)read);
        }

        return text.ToString();
    }

    private async Task<int> ReadByteAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var one = new byte[1];
        if (await stream.ReadAsync(one, cancellationToken) == 0)
        {
            return -1;
        }

        lock (gate)
        {
            received.Append((char)one[0]);
        }

        return one[0];
    }
}
