using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Misbehaving;

/// <summary>Servers that want another version, cipher, protocol or client than the gateway is.</summary>
[Trait("Promise", "P1")]
public sealed class NegotiationTests : MisbehavingTests
{
    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task A_server_of_an_old_version_is_refused_with_that_reason(string version)
    {
        await using var server = await StartAsync(version, "-cipher", "ALL:@SECLEVEL=0");
        Serve(server.Port);

        await RefusedAsync(VerdictReason.ProtocolVersionRejected, "tls_protocol_error");
    }

    [Fact]
    public async Task A_server_of_TLS_1_2_is_refused_where_1_3_is_the_least()
    {
        await using var server = await StartAsync("-tls1_2");
        Serve(AtLeast(TlsVersion.Tls13, server.Port));

        await RefusedAsync(VerdictReason.ProtocolVersionRejected, "tls_protocol_error");
    }

    [Theory]
    [InlineData("-tls1_3", TlsVersion.Tls12)]
    [InlineData("-tls1_3", TlsVersion.Tls13)]
    [InlineData("-tls1_2", TlsVersion.Tls12)]
    public async Task A_server_of_one_version_that_is_allowed_is_served(string version, TlsVersion least)
    {
        await using var server = await StartAsync(version);
        Serve(AtLeast(least, server.Port));

        await AcceptedAsync();
    }

    [Theory]
    [InlineData("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0")]
    [InlineData("-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")]
    [InlineData("-tls1_2", "-cipher", "AECDH-NULL-SHA:AECDH-AES256-SHA:@SECLEVEL=0")]
    public async Task A_server_without_a_common_cipher_is_refused(params string[] options)
    {
        await using var server = await StartAsync(options);
        Serve(server.Port);

        await RefusedAsync(VerdictReason.Unreachable, "tls_alert_received");
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_server_that_demands_a_client_certificate_is_named(string version)
    {
        await using var server = await StartAsync(version, "-Verify", "1");
        Serve(server.Port);

        await RefusedAsync(VerdictReason.ClientCertificateRejected, "tls_alert_received");
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_server_that_would_like_a_client_certificate_is_served_without(string version)
    {
        await using var server = await StartAsync(version, "-verify", "1");
        Serve(server.Port);

        await AcceptedAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_DotNet_server_that_demands_a_client_certificate_is_not_served(SslProtocols version)
    {
        await using var server = await TlsBackend.StartAsync(
            new TlsBackendOptions { Default = Make.Chain(Corp), ClientRoot = Corp.Certificate, TlsVersions = version }, Cancellation);
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        TestContext.Current.TestOutputHelper?.WriteLine($"{response}");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Empty(server.Requests.Entries);
        await GoodIsServedAsync();
    }

    [Fact]
    public async Task A_certificate_that_must_be_refused_is_named_before_a_wish_for_the_clients()
    {
        Assert.SkipUnless(OpenSslServer.IsInstalled, "openssl is not installed");
        await using var server = await OpenSslServer.StartAsync(Unknown.Issue("orders.internal"), Cancellation, "-tls1_3", "-Verify", "1");
        Serve(server.Port);

        await RefusedAsync(VerdictReason.UnknownAuthority, "tls_certificate_error");
    }

    [Fact]
    public async Task A_server_of_HTTP2_alone_is_not_spoken_to_in_HTTP1()
    {
        await using var server = await TlsBackend.StartAsync(new TlsBackendOptions { Default = Make.Chain(Corp), Protocols = HttpProtocols.Http2 }, Cancellation);
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, server.ApplicationBytes);
        await GoodIsServedAsync();
    }

    [Theory]
    [InlineData(BackendProtocol.Http2)]
    [InlineData(BackendProtocol.Grpc)]
    public async Task A_server_of_HTTP1_alone_is_not_spoken_to_in_HTTP2(BackendProtocol protocol)
    {
        await using var server = await TlsBackend.StartAsync(new TlsBackendOptions { Default = Make.Chain(Corp), Protocols = HttpProtocols.Http1 }, Cancellation);
        Serve(Make.Backend(server.Port) with { Protocol = protocol });

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, server.ApplicationBytes);
        await GoodIsServedAsync();
    }

    [Fact]
    public async Task A_server_that_knows_no_ALPN_is_served_in_HTTP1()
    {
        await using var server = await StartAsync();
        Serve(server.Port);

        await AcceptedAsync();
    }

    [Fact]
    public async Task Another_protocol_than_any_offered_is_refused()
    {
        await using var server = await StartAsync("-alpn", "imap");
        Serve(server.Port);

        await RefusedAsync(VerdictReason.Unreachable, "tls_alert_received");
    }

    [Fact]
    public async Task A_server_that_wants_to_renegotiate_gets_no_second_handshake()
    {
        await using var server = ScriptedServer.Start(
            Corp.Issue("orders.internal"),
            async (_, stream, token) =>
            {
                await ScriptedServer.ReadRequestAsync(stream, token);

                // Asks for a client certificate in a second handshake, in the middle of a request.
                if (OperatingSystem.IsLinux())
                {
                    await stream.NegotiateClientCertificateAsync(token);
                }

                await ScriptedServer.SayAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", token);
            },
            SslProtocols.Tls12);
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await GoodIsServedAsync();
    }

    private static BackendConfiguration AtLeast(TlsVersion version, int port) =>
        Make.Backend(port) with { Tls = new BackendTls { Bundles = [Make.Corp], MinimumVersion = version } };

    private Task<OpenSslServer> StartAsync(params string[] options)
    {
        Assert.SkipUnless(OpenSslServer.IsInstalled, "openssl is not installed");

        return OpenSslServer.StartAsync(Corp.Issue("orders.internal"), Cancellation, options);
    }
}
