using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

[Trait("Promise", "P1")]
public sealed class VerificationTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly TestAuthority unknown = TestAuthority.CreateRoot("unknown");
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateway = await GatewayFront.StartAsync(Cancellation, time: time);

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        corp.Dispose();
        unknown.Dispose();
    }

    [Fact]
    public Task A_backend_of_an_unknown_authority_gets_no_byte() => Refused(Make.Chain(unknown), VerdictReason.UnknownAuthority);

    [Fact]
    public Task A_backend_with_another_name_gets_no_byte() => Refused(Make.Chain(corp, "payments.internal"), VerdictReason.HostnameMismatch);

    [Fact]
    public Task A_backend_with_the_clients_host_as_its_name_gets_no_byte() => Refused(Make.Chain(corp, "shop.test"), VerdictReason.HostnameMismatch);

    [Fact]
    public Task An_expired_backend_gets_no_byte() => Refused(
        new PresentedChain { Leaf = corp.Issue(CertificateRecipe.ForServer("orders.internal") with { NotAfter = CertificateRecipe.DefaultNotBefore.AddDays(1) }) },
        VerdictReason.CertificateExpired);

    [Fact]
    public Task A_self_signed_backend_gets_no_byte() => Refused(
        new PresentedChain { Leaf = TestAuthority.SelfSigned(CertificateRecipe.ForServer("orders.internal")) }, VerdictReason.SelfSignedNotTrusted);

    [Theory]
    [InlineData(BackendProtocol.Http2)]
    [InlineData(BackendProtocol.Grpc)]
    public async Task A_backend_that_would_be_spoken_to_in_HTTP2_gets_no_byte_either(BackendProtocol protocol)
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(unknown), Cancellation);
        Serve(Make.Backend(backend.Port) with { Protocol = protocol });

        using var response = await gateway.Http2.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Fact]
    public async Task A_backend_in_clear_is_named_and_gets_nothing_but_a_ClientHello()
    {
        await using var backend = PlaintextServer.Start();
        Serve(Make.Backend(backend.Port));

        using var response = await gateway.Http1.GetAsync("https://shop.test/secret", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(ProxyStatus("tls_protocol_error", VerdictReason.PlaintextBackend), response.Headers.GetValues("Proxy-Status").Single());
        Assert.All(backend.Connections, connection => Assert.True(connection.Received is [0x16, 0x03, ..]));
    }

    [Fact]
    public async Task A_backend_with_an_older_TLS_version_than_demanded_is_refused()
    {
        await using var backend = await TlsBackend.StartAsync(new TlsBackendOptions { Default = Make.Chain(corp), TlsVersions = SslProtocols.Tls12 }, Cancellation);
        Serve(Make.Backend(backend.Port) with { Tls = new BackendTls { Bundles = [Make.Corp], MinimumVersion = TlsVersion.Tls13 } });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(ProxyStatus("tls_protocol_error", VerdictReason.ProtocolVersionRejected), response.Headers.GetValues("Proxy-Status").Single());
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Fact]
    public async Task A_backend_that_wants_a_client_certificate_is_named()
    {
        // In TLS 1.3 the handshake succeeds first. A .NET server hangs up without an alert, so this needs another one.
        Assert.SkipUnless(OpenSslServer.IsInstalled, "openssl is not installed");
        await using var backend = await OpenSslServer.StartAsync(corp.Issue("orders.internal"), Cancellation, "-tls1_3", "-Verify", "1");
        Serve(Make.Backend(backend.Port));

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(ProxyStatus("tls_alert_received", VerdictReason.ClientCertificateRejected), response.Headers.GetValues("Proxy-Status").Single());
        time.Advance(TimeSpan.FromMilliseconds(100));
        await gateway.ReportAsync(report => report.Observations.Any(observation => observation.Verdict is Verdict.Refused), Cancellation);
    }

    [Fact]
    public async Task A_backend_without_HTTP2_is_not_spoken_to_in_HTTP1()
    {
        await using var backend = await TlsBackend.StartAsync(
            new TlsBackendOptions { Default = Make.Chain(corp), Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1 }, Cancellation);
        Serve(Make.Backend(backend.Port) with { Protocol = BackendProtocol.Http2 });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]
    public async Task An_address_is_verified_against_the_addresses_in_the_certificate(string inCertificate, bool accepted)
    {
        var recipe = CertificateRecipe.ForServer() with { Subject = "CN=appliance" };
        await using var backend = await TlsBackend.StartAsync(new PresentedChain { Leaf = corp.Issue(recipe.WithIp(inCertificate)) }, Cancellation);
        var identity = new PeerIdentity { Names = [new SubjectName(SubjectNameKind.Ip, "127.0.0.1")] };
        Serve(Make.Backend(backend.Port) with { Endpoints = [Make.Endpoint(backend.Port) with { Identity = identity }] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(accepted, backend.ApplicationBytes > 0);
        Assert.All(backend.Connections.Entries, connection => Assert.Null(connection.ServerName));
    }

    [Fact]
    public async Task An_identity_from_subject_alternative_names_may_differ_from_the_server_name_sent()
    {
        await using var backend = await TlsBackend.StartAsync(
            new PresentedChain { Leaf = corp.Issue(CertificateRecipe.ForServer("else.internal").WithUri("spiffe://corp/orders")) }, Cancellation);
        var identity = new PeerIdentity { ServerName = "vhost.internal", Names = [new SubjectName(SubjectNameKind.Uri, "spiffe://corp/orders")] };
        Serve(Make.Backend(backend.Port) with { Endpoints = [Make.Endpoint(backend.Port) with { Identity = identity }] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("vhost.internal", backend.Connections.Entries.Single().ServerName);
    }

    [Fact]
    public async Task A_pinned_key_is_demanded_in_addition_to_the_chain()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Serve(Make.Backend(backend.Port) with { Tls = new BackendTls { Bundles = [Make.Corp], PublicKeyPins = ["sha256/" + Convert.ToBase64String(new byte[32])] } });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(ProxyStatus("tls_certificate_error", VerdictReason.PinMismatch), response.Headers.GetValues("Proxy-Status").Single());
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task Without_trust_in_force_no_connection_is_made()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway.Apply(MountedBundles.Empty, Make.Route(Make.Backend(backend.Port)), Make.Bundle(corp));

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(ProxyStatus("destination_unavailable", VerdictReason.TrustNotMounted), response.Headers.GetValues("Proxy-Status").Single());
        Assert.Empty(backend.Connections.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Promise", "P2")]
    public async Task One_channel_alone_gives_no_trust(bool mounted)
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        var (inMount, inList) = mounted ? (new[] { corp, unknown }, new[] { unknown }) : ([unknown], [corp, unknown]);
        gateway.Apply(Make.Mounts(inMount), Make.Route(Make.Backend(backend.Port)), Make.Bundle(inList));

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("2130706433")]
    [Trait("Promise", "P10")]
    public async Task A_forbidden_address_is_not_dialed(string host)
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        await using var strict = await GatewayFront.StartAsync(Cancellation, new ProxyOptions());
        var route = Make.Route(Make.Backend(backend.Port) with { Endpoints = [Make.Endpoint(backend.Port) with { Host = host }] });
        strict.Apply(Make.Mounts(corp), route, Make.Bundle(corp));

        using var response = await strict.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(ProxyStatus("destination_ip_prohibited", VerdictReason.ForbiddenAddress), response.Headers.GetValues("Proxy-Status").Single());
        Assert.Empty(backend.Connections.Entries);
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task An_endpoint_of_the_control_plane_is_not_dialed()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway.Apply(
            Make.Mounts(corp), Make.Route(Make.Backend(backend.Port)), Make.Bundle(corp), new SettingsEntry { ForbiddenEndpoints = [$"127.0.0.1:{backend.Port}"] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(ProxyStatus("destination_ip_prohibited", VerdictReason.ForbiddenAddress), response.Headers.GetValues("Proxy-Status").Single());
        Assert.Empty(backend.Connections.Entries);
    }

    [Fact]
    public async Task An_endpoint_nobody_listens_on_is_unreachable()
    {
        Serve(Make.Backend(OpenSslServer.FreePort()));

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(ProxyStatus("connection_refused", VerdictReason.Unreachable), response.Headers.GetValues("Proxy-Status").Single());
    }

    [Fact]
    public async Task A_backend_that_does_not_shake_hands_in_time_is_answered_504()
    {
        await using var hanging = RawTcpServer.Start((_, _, token) => Task.Delay(Timeout.Infinite, token));
        await using var real = await GatewayFront.StartAsync(Cancellation);
        var backend = Make.Backend(hanging.Port) with { Connections = new ConnectionSettings { ConnectTimeout = TimeSpan.FromMilliseconds(300) } };
        real.Apply(Make.Mounts(corp), Make.Route(backend), Make.Bundle(corp));

        using var response = await real.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(ProxyStatus("connection_timeout", VerdictReason.Unreachable), response.Headers.GetValues("Proxy-Status").Single());
    }

    [Fact]
    public async Task A_refusal_is_remembered_and_the_backend_asked_again_later()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(unknown), Cancellation);
        Serve(Make.Backend(backend.Port));
        await Get502();
        var asked = backend.Connections.Entries.Length;

        await Get502();
        Assert.Equal(asked, backend.Connections.Entries.Length);

        backend.Present(Make.Chain(corp));
        time.Advance(TimeSpan.FromSeconds(1));
        using var recovered = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        Assert.Equal(HttpStatusCode.OK, recovered.StatusCode);
    }

    [Fact]
    public async Task A_change_of_trust_ends_the_memory_of_a_refusal()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(unknown), Cancellation);
        Serve(Make.Backend(backend.Port));
        await Get502();

        gateway.Apply(Make.Mounts(corp, unknown), Make.Route(Make.Backend(backend.Port)), Make.Bundle(corp, unknown));
        using var accepted = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public async Task A_change_of_verdict_is_logged_once_and_reported()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(unknown), Cancellation);
        Serve(Make.Backend(backend.Port));
        for (var number = 0; number < 3; number++)
        {
            await Get502();
            time.Advance(TimeSpan.FromSeconds(10));
        }

        var refused = Assert.IsType<Verdict.Refused>((await ObservationAsync(observation => observation is Verdict.Refused)).Verdict);
        Assert.Equal(VerdictReason.UnknownAuthority, refused.Reason);
        Assert.Equal("orders.internal", refused.Evidence.ServerNameSent);
        var warning = Assert.Single(gateway.Logs.GetSnapshot(), record => record.Level == LogLevel.Warning);
        Assert.Contains(VerdictText.Code(VerdictReason.UnknownAuthority), warning.Message, StringComparison.Ordinal);
        Assert.Contains(VerdictText.Remedy(refused), warning.Message, StringComparison.Ordinal);

        backend.Present(Make.Chain(corp));
        using var recovered = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<Verdict.Trusted>((await ObservationAsync(verdict => verdict is Verdict.Trusted)).Verdict);
        Assert.Contains(gateway.Logs.GetSnapshot(), record => record.Level == LogLevel.Information && record.Message.Contains("verified again", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task The_answer_has_a_code_and_nothing_about_the_inside()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(unknown), Cancellation);
        Serve(Make.Backend(backend.Port));

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(VerdictText.Code(VerdictReason.UnknownAuthority), JsonDocument.Parse(body).RootElement.GetProperty("code").GetString());
        foreach (var secret in new[] { "orders", "internal", "127.0.0.1", $"{backend.Port}", "unknown", "corp" })
        {
            Assert.DoesNotContain(secret, body, StringComparison.OrdinalIgnoreCase);
        }
    }

    private async Task Refused(PresentedChain chain, VerdictReason reason)
    {
        await using var backend = await TlsBackend.StartAsync(chain, Cancellation);
        Serve(Make.Backend(backend.Port));

        using var response = await gateway.Http1.PostAsync("https://shop.test/secret", new StringContent("secret"), Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(ProxyStatus("tls_certificate_error", reason), response.Headers.GetValues("Proxy-Status").Single());
        Assert.NotEmpty(backend.Connections.Entries);
        await Task.WhenAll(backend.Connections.Entries.Select(connection => connection.Closed)).WaitAsync(Cancellation);
        Assert.Equal(0, backend.ApplicationBytes);
    }

    private async Task Get502()
    {
        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    private async Task<BackendObservation> ObservationAsync(Predicate<Verdict> sought)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        var report = await gateway.ReportAsync(report => report.Observations.Any(observation => sought(observation.Verdict)), Cancellation);

        return report.Observations.Single();
    }

    private void Serve(BackendConfiguration configuration) => gateway.Apply(Make.Mounts(corp), Make.Route(configuration), Make.Bundle(corp));

    private static string ProxyStatus(string error, VerdictReason reason) => $"portcullis; error={error}; details=\"{VerdictText.Code(reason)}\"";
}
