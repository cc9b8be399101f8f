using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Misbehaving;

/// <summary>A TLS server with a real handshake that then says, byte for byte, what a test makes it say, however wrong.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly RawTcpServer server;
    private readonly SslServerAuthenticationOptions options;
    private readonly Func<int, SslStream, CancellationToken, Task> script;
    private int handshakes;

    private ScriptedServer(SslServerAuthenticationOptions options, Func<int, SslStream, CancellationToken, Task> script)
    {
        this.options = options;
        this.script = script;
        server = RawTcpServer.Start(ServeAsync);
    }

    public int Port => server.Port;

    public int Connections => server.Connections.Entries.Length;

    /// <summary>How often a client accepted what was presented.</summary>
    public int Handshakes => Volatile.Read(ref handshakes);

    /// <param name="certificate">With its key.</param>
    /// <param name="script">Runs after each handshake with the number of the connection, from 1; the connection is cut when it ends.</param>
    /// <param name="versions">Both by default.</param>
    public static ScriptedServer Start(
        X509Certificate2 certificate, Func<int, SslStream, CancellationToken, Task> script, SslProtocols versions = SslProtocols.Tls12 | SslProtocols.Tls13) =>
        new(new SslServerAuthenticationOptions { ServerCertificateContext = ExactServerContext.Sending(certificate), EnabledSslProtocols = versions }, script);

    /// <summary>The same for a script that speaks HTTP/2.</summary>
    public static ScriptedServer StartHttp2(X509Certificate2 certificate, Func<int, SslStream, CancellationToken, Task> script)
    {
        var server = Start(certificate, script);
        server.options.ApplicationProtocols = [SslApplicationProtocol.Http2];

        return server;
    }

    /// <summary>Answers each request with these bytes, then does what the test says.</summary>
    public static ScriptedServer Answering(X509Certificate2 certificate, string answer, Func<SslStream, CancellationToken, Task> then) => Start(
        certificate,
        async (_, stream, token) =>
        {
            while (await ReadRequestAsync(stream, token))
            {
                await SayAsync(stream, answer, token);
                await then(stream, token);
            }
        });

    /// <summary>Answers each request with these bytes and closes properly.</summary>
    public static ScriptedServer AnsweringOnce(X509Certificate2 certificate, string answer) => Start(
        certificate,
        async (_, stream, token) =>
        {
            await ReadRequestAsync(stream, token);
            await SayAsync(stream, answer, token);
            await stream.ShutdownAsync();
        });

    public static async Task SayAsync(SslStream stream, string bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>The head of a request without a body; false at the end of the stream.</summary>
    public static async Task<bool> ReadRequestAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return false;
            }

            head.Append((char)one[0]);
        }

        return true;
    }

    /// <summary>Nobody is accepted any more; connections go on.</summary>
    public void StopListening() => server.StopListening();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task ServeAsync(RawConnection connection, NetworkStream network, CancellationToken cancellationToken)
    {
        await using var stream = new SslStream(network, leaveInnerStreamOpen: true);
        try
        {
            await stream.AuthenticateAsServerAsync(options, cancellationToken);
            await script(Interlocked.Increment(ref handshakes), stream, cancellationToken);
        }
        catch (AuthenticationException)
        {
            // The client refused what was presented.
        }
    }
}
