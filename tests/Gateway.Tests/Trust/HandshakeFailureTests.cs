using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>The exceptions of real connections that fail, in the words of a verdict.</summary>
public sealed class HandshakeFailureTests
{
    private static readonly HandshakeAttempt Attempt = new() { Connection = new Evidence { Endpoint = "10.0.0.7:8443" }, MinimumVersion = TlsVersion.Tls12 };

    [Fact]
    public async Task A_server_that_answers_in_plain_HTTP()
    {
        var failure = await FailAsync(async stream =>
        {
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        });

        Assert.Equal(VerdictReason.PlaintextBackend, HandshakeFailure.Of(failure, Attempt).Reason);
    }

    [Fact]
    public async Task A_server_of_another_protocol()
    {
        var failure = await FailAsync(async stream =>
        {
            await stream.WriteAsync("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        });

        Assert.Equal(VerdictReason.PlaintextBackend, HandshakeFailure.Of(failure, Attempt).Reason);
    }

    [Fact]
    public async Task A_server_that_speaks_an_older_version_only()
    {
        var failure = await FailAsync(Serve(new SslServerAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 }), SslProtocols.Tls13);

        var refused = HandshakeFailure.Of(failure, Attempt with { MinimumVersion = TlsVersion.Tls13 });

        Assert.Equal(VerdictReason.ProtocolVersionRejected, refused.Reason);
        Assert.Equal("TLS 1.3 or newer was offered", refused.Evidence.Detail);
    }

    [Fact]
    public async Task A_server_that_closes_during_the_handshake()
    {
        var failure = await FailAsync(_ => Task.CompletedTask);

        var refused = HandshakeFailure.Of(failure, Attempt);

        Assert.Equal(VerdictReason.Unreachable, refused.Reason);
        Assert.Equal("it closed the connection during the handshake", refused.Evidence.Detail);
    }

    [Fact]
    public async Task A_port_where_nobody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        listener.Stop();
        using var client = new TcpClient();

        var failure = await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(endpoint, TestContext.Current.CancellationToken).AsTask());
        var refused = HandshakeFailure.Of(failure, Attempt);

        Assert.Equal(VerdictReason.Unreachable, refused.Reason);
        Assert.Equal("the connection was refused", refused.Evidence.Detail);
        Assert.Equal("10.0.0.7:8443", refused.Evidence.Endpoint);
    }

    [Theory]
    [InlineData("error:0A000412:SSL routines::ssl/tls alert bad certificate")]
    [InlineData("error:0A00045C:SSL routines::tlsv13 alert certificate required")]
    [InlineData("error:0A000418:SSL routines::tlsv1 alert unknown ca")]
    [InlineData("error:0A000416:SSL routines::ssl/tls alert certificate unknown")]
    [InlineData("error:0A000415:SSL routines::ssl/tls alert certificate expired")]
    [InlineData("error:0A000419:SSL routines::tlsv1 alert access denied")]
    [InlineData("error:0A000413:SSL routines::ssl/tls alert unsupported certificate")]
    public void An_alert_about_our_certificate(string message)
    {
        var failure = new IOException("The read operation failed, see inner exception.", new AuthenticationException("Authentication failed, see inner exception.", new IOException(message)));

        var asked = HandshakeFailure.Of(failure, Attempt);
        var refused = HandshakeFailure.Of(failure, Attempt with { ClientCertificateOffered = true });

        Assert.Equal((VerdictReason.ClientCertificateRejected, "it asked for a client certificate"), (asked.Reason, asked.Evidence.Detail));
        Assert.Equal((VerdictReason.ClientCertificateRejected, "it refused the client certificate"), (refused.Reason, refused.Evidence.Detail));
    }

    [Theory]
    [InlineData("error:0A00042E:SSL routines::tlsv1 alert protocol version", VerdictReason.ProtocolVersionRejected)]
    [InlineData("error:0A000102:SSL routines::unsupported protocol", VerdictReason.ProtocolVersionRejected)]
    [InlineData("error:0A00043E:SSL routines::tlsv1 alert inappropriate fallback", VerdictReason.ProtocolVersionRejected)]
    [InlineData("error:0A00010B:SSL routines::wrong version number", VerdictReason.PlaintextBackend)]
    [InlineData("error:0A00009C:SSL routines::http request", VerdictReason.PlaintextBackend)]
    [InlineData("error:0A000458:SSL routines::tlsv1 unrecognized name", VerdictReason.HostnameMismatch)]
    [InlineData("error:0A000410:SSL routines::sslv3 alert handshake failure", VerdictReason.Unreachable)]
    public void What_OpenSSL_says(string message, VerdictReason reason) =>
        Assert.Equal(reason, HandshakeFailure.Of(new AuthenticationException("Authentication failed, see inner exception.", new IOException(message)), Attempt).Reason);

    [Fact]
    public void The_lowest_version_offered_is_named() => Assert.Equal(
        (VerdictReason.ProtocolVersionRejected, "TLS 1.2 or newer was offered"), Described(new IOException("tlsv1 alert protocol version"), Attempt));

    [Fact]
    public void A_failure_is_recognised_however_deep_it_lies()
    {
        Assert.Equal(
            (VerdictReason.Unreachable, "the handshake did not finish in time"), Described(new HttpRequestException("An error occurred.", new TimeoutException()), Attempt));
        Assert.Equal(
            (VerdictReason.Unreachable, "the TLS handshake failed"), Described(new HttpRequestException("An error occurred.", new AuthenticationException("whatever")), Attempt));
    }

    [Fact]
    public void What_the_judge_said_comes_first()
    {
        var judged = new Verdict.Refused(VerdictReason.PinMismatch) { Evidence = new Evidence() };

        Assert.Same(judged, HandshakeFailure.Of(new AuthenticationException("refused by the callback"), Attempt with { Judged = judged }));
    }

    [Fact]
    public void What_came_first_comes_before_the_message() => Assert.Equal(
        (VerdictReason.PlaintextBackend, "it answered in plain HTTP"),
        Described(new IOException("something"), Attempt with { FirstBytes = "HTTP/1.1 400"u8.ToArray() }));

    [Theory]
    [InlineData(SocketError.TimedOut, "the connection timed out")]
    [InlineData(SocketError.HostNotFound, "its name could not be resolved")]
    [InlineData(SocketError.NoData, "its name could not be resolved")]
    [InlineData(SocketError.TryAgain, "its name could not be resolved")]
    [InlineData(SocketError.HostUnreachable, "there is no route to it")]
    [InlineData(SocketError.NetworkUnreachable, "there is no route to it")]
    [InlineData(SocketError.ConnectionReset, "it closed the connection during the handshake")]
    [InlineData(SocketError.AddressNotAvailable, "the socket reported AddressNotAvailable")]
    public void A_socket_error(SocketError error, string detail) => Assert.Equal(
        (VerdictReason.Unreachable, detail), Described(new HttpRequestException("An error occurred.", new SocketException((int)error)), Attempt));

    [Fact]
    public void A_handshake_that_took_too_long()
    {
        Assert.Equal((VerdictReason.Unreachable, "the handshake did not finish in time"), Described(new OperationCanceledException(), Attempt));
        Assert.Equal((VerdictReason.Unreachable, "the handshake did not finish in time"), Described(new TimeoutException(), Attempt));
    }

    [Fact]
    public void A_handshake_that_failed_for_another_reason() =>
        Assert.Equal((VerdictReason.Unreachable, "the TLS handshake failed"), Described(new AuthenticationException("whatever"), Attempt));

    private static (VerdictReason, string?) Described(Exception failure, HandshakeAttempt attempt)
    {
        var refused = HandshakeFailure.Of(failure, attempt);
        return (refused.Reason, refused.Evidence.Detail);
    }

    private static Func<NetworkStream, Task> Serve(SslServerAuthenticationOptions options) => async network =>
    {
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var leaf = root.Issue("shop.test");
        options.ServerCertificateContext = ExactServerContext.Sending(leaf);
        await using var stream = new SslStream(network);
        try
        {
            await stream.AuthenticateAsServerAsync(options, TestContext.Current.CancellationToken);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            // The client's side is what the test looks at.
        }
    };

    private static async Task<Exception> FailAsync(Func<NetworkStream, Task> serve, SslProtocols protocols = SslProtocols.None)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var serving = AcceptAsync(listener, serve);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        await using var stream = new SslStream(client.GetStream());

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "shop.test",
                EnabledSslProtocols = protocols,
                CertificateChainPolicy = ChainPolicies.For(TrustSet.Empty, CertificateRecipe.DefaultNotBefore),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            },
            TestContext.Current.CancellationToken));

        client.Close();
        await serving;
        return failure;
    }

    private static async Task AcceptAsync(TcpListener listener, Func<NetworkStream, Task> serve)
    {
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var network = accepted.GetStream();

        // A client hello is read first, as a real server would: closing over unread bytes would reset the connection.
        if (await network.ReadAsync(new byte[16 * 1024].AsMemory(0, 0), TestContext.Current.CancellationToken) == 0)
        {
            await serve(network);
        }
    }
}
