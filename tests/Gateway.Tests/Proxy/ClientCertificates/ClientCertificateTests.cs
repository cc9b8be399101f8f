using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Proxy.ClientCertificates;

/// <summary>Backends that want to know who calls them.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private static readonly ResourceKey Secret = new("shop", "caller");
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly TestAuthority callers = TestAuthority.CreateRoot("callers");
    private readonly TestAuthority issuing;
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly X509Certificate2 first;
    private readonly X509Certificate2 second;
    private GatewayFront gateway = null!;

    public ClientCertificateTests()
    {
        issuing = callers.CreateIntermediate("issuing callers");
        first = Caller(issuing, "first");
        second = Caller(issuing, "second");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateway = await GatewayFront.StartAsync(Cancellation, time: time);

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        first.Dispose();
        second.Dispose();
        issuing.Dispose();
        callers.Dispose();
        corp.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, BackendProtocol.Http11)]
    [InlineData(SslProtocols.Tls13, BackendProtocol.Http11)]
    [InlineData(SslProtocols.Tls12, BackendProtocol.Http2)]
    [InlineData(SslProtocols.Tls13, BackendProtocol.Http2)]
    public async Task The_whole_chain_is_shown(SslProtocols version, BackendProtocol protocol)
    {
        await using var backend = await DemandingAsync(version);
        Apply(Route(backend.Port, protocol), Entry(first));

        Assert.Equal(HttpStatusCode.OK, await GetAsync());

        Assert.Equal([first.RawData, issuing.Certificate.RawData], Assert.Single(backend.Connections.Entries).ClientChain);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backend_that_merely_asks_is_served_with_and_without(bool named)
    {
        await using var backend = await TlsBackend.StartAsync(
            new TlsBackendOptions { Default = Make.Chain(corp), ClientRoot = callers.Certificate, ClientCertificateIsOptional = true }, Cancellation);
        Apply(named ? Route(backend.Port) : Make.Route(Make.Backend(backend.Port)), Entry(first));

        Assert.Equal(HttpStatusCode.OK, await GetAsync());

        Assert.Equal(named ? 2 : 0, Assert.Single(backend.Connections.Entries).ClientChain.Length);
    }

    [Fact]
    public async Task A_backend_that_does_not_ask_is_shown_nothing_and_served()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Apply(Route(backend.Port), Entry(first));

        Assert.Equal(HttpStatusCode.OK, await GetAsync());
    }

    [Fact]
    public async Task Nginx_accepts_the_chain()
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        var port = FreePorts.Next();
        await using var nginx = await Nginx.StartAsync([new PeerSite(port, "orders.internal", Make.Chain(corp)) { ClientRoot = callers.Certificate }], Cancellation);
        Apply(Route(port), Entry(first));

        Assert.Equal(HttpStatusCode.OK, await GetAsync());
    }

    [Fact]
    public async Task Apache_accepts_the_chain()
    {
        Assert.SkipUnless(Apache.IsInstalled, "apache2 is not installed");
        var port = FreePorts.Next();
        await using var apache = await Apache.StartAsync([new PeerSite(port, "orders.internal", Make.Chain(corp)) { ClientRoot = callers.Certificate }], Cancellation);
        Apply(Route(port), Entry(first));

        Assert.Equal(HttpStatusCode.OK, await GetAsync());
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task OpenSSL_accepts_the_chain_and_refuses_another_which_is_told(string version)
    {
        Assert.SkipUnless(OpenSslServer.IsInstalled, "openssl is not installed");
        using var folder = new TemporaryFolder();
        var root = folder.Write("callers.pem", TestPem.Certificates(callers.Certificate));
        await using var server = await OpenSslServer.StartAsync(
            corp.Issue("orders.internal"), Cancellation, version, "-Verify", "3", "-verify_return_error", "-CAfile", root);
        using var stranger = Caller(corp, "stranger");
        Apply(Route(server.Port), Entry(first));
        Assert.Equal(HttpStatusCode.OK, await GetAsync());

        Apply(Route(server.Port), Entry(stranger));

        await RefusedAsync("tls_alert_received", "it refused the client certificate");
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_refusal_is_told_to_a_client_that_uploads(string version)
    {
        Assert.SkipUnless(OpenSslServer.IsInstalled, "openssl is not installed");
        using var folder = new TemporaryFolder();
        var root = folder.Write("corp.pem", TestPem.Certificates(corp.Certificate));
        await using var server = await OpenSslServer.StartAsync(
            corp.Issue("orders.internal"), Cancellation, version, "-Verify", "3", "-verify_return_error", "-CAfile", root);
        Apply(Route(server.Port), Entry(first));

        using var response = await gateway.Http1.PostAsync("https://shop.test/upload", new ByteArrayContent(new byte[4 << 20]), Cancellation);

        Assert.Equal(ProxyStatus("tls_alert_received"), response.Headers.GetValues("Proxy-Status").Single());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_usable_certificate_nothing_is_connected_until_one_comes(bool broken)
    {
        await using var backend = await DemandingAsync();
        ConfigurationEntry[] delivered = broken ? [Entry(first) with { PrivateKeyPem = TestPem.PrivateKey(second) }] : [];
        Apply([Route(backend.Port), .. delivered]);

        await RefusedAsync("proxy_configuration_error", $"the gateway holds no usable certificate {Secret}");
        Assert.Empty(backend.Connections.Entries);

        Apply(Route(backend.Port), Entry(first));
        Assert.Equal(HttpStatusCode.OK, await GetAsync());
    }

    [Fact]
    public async Task A_new_certificate_is_for_new_connections_and_idle_ones_end()
    {
        await using var backend = await DemandingAsync();
        Apply(Route(backend.Port), Entry(first));
        await GetAsync();

        Apply(Route(backend.Port), Entry(second));
        await GetAsync();

        Assert.Equal([first.RawData, second.RawData], Leaves(backend));
        await backend.Connections.Entries[0].Closed.WaitAsync(Cancellation);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_request_that_runs_while_the_certificate_is_renewed_is_answered()
    {
        await using var backend = await DemandingAsync();
        Apply(Route(backend.Port), Entry(first));
        var running = gateway.Http1.GetAsync("https://shop.test/hold", Cancellation);
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        Apply(Route(backend.Port), Entry(second));
        backend.Release();

        using var response = await running;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_broken_certificate_leaves_the_last_good_one_and_its_connections()
    {
        await using var backend = await DemandingAsync();
        Apply(Route(backend.Port), Entry(first));
        await GetAsync();

        Apply(Route(backend.Port), Entry(first) with { PrivateKeyPem = TestPem.PrivateKey(second) });
        await GetAsync();
        Apply(Route(backend.Port), Entry(first) with { ChainPem = "no certificate" });
        await GetAsync();

        Assert.Equal([first.RawData], Leaves(backend));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task One_that_the_operator_cannot_read_any_more_is_shown_on_by_who_holds_it_and_nothing_is_connected_elsewhere()
    {
        await using var backend = await DemandingAsync();
        var kept = new KeepEntry { Entry = Entry(first).Key };
        Apply(Route(backend.Port), kept);
        await RefusedAsync("proxy_configuration_error", $"the gateway holds no usable certificate {Secret}");

        Apply(Route(backend.Port), Entry(first));
        await GetAsync();
        Apply(Route(backend.Port), kept);
        await GetAsync();

        Assert.Equal([first.RawData], Leaves(backend));
    }

    [Fact]
    public async Task Hostnames_of_the_certificate_that_change_end_no_connection()
    {
        await using var backend = await DemandingAsync();
        Apply(Route(backend.Port), Entry(first));
        await GetAsync();

        Apply(Route(backend.Port), Entry(first) with { Hostnames = ["shop.test"] });
        await GetAsync();

        Assert.Single(backend.Connections.Entries);
    }

    [Fact]
    public async Task A_withdrawn_certificate_is_shown_no_more()
    {
        await using var backend = await DemandingAsync();
        Apply(Route(backend.Port), Entry(first));
        await GetAsync();

        Apply(Route(backend.Port));

        await RefusedAsync("proxy_configuration_error", $"the gateway holds no usable certificate {Secret}");
        await backend.Connections.Entries.Single().Closed.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task A_route_that_names_it_no_more_shows_it_no_more()
    {
        await using var backend = await TlsBackend.StartAsync(
            new TlsBackendOptions { Default = Make.Chain(corp), ClientRoot = callers.Certificate, ClientCertificateIsOptional = true }, Cancellation);
        Apply(Route(backend.Port), Entry(first));
        await GetAsync();

        Apply(Make.Route(Make.Backend(backend.Port)), Entry(first));
        await GetAsync();

        Assert.Equal([2, 0], backend.Connections.Entries.Select(connection => connection.ClientChain.Length));
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    public async Task Routes_with_different_certificates_never_share_a_connection(BackendProtocol protocol)
    {
        await using var backend = await DemandingAsync();
        var other = new ResourceKey("shop", "other-caller");
        var route = Route(backend.Port, protocol) with { Hostnames = ["shop.test"] };
        var otherRoute = Route(backend.Port, protocol, other) with { Route = new ResourceKey("shop", "other"), Hostnames = ["other.test"] };
        Apply(route, otherRoute, Entry(first), Entry(second) with { Certificate = other });

        for (var round = 0; round < 2; round++)
        {
            await GetAsync();
            await GetAsync("other.test");
        }

        Assert.Equal([first.RawData, second.RawData], Leaves(backend));
        Assert.Equal([1, 2, 1, 2], backend.Requests.Entries.Select(request => request.Connection.Number));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [Trait("Promise", "P1")]
    public async Task A_backend_that_is_not_verified_gets_no_byte_whatever_it_demands(SslProtocols version)
    {
        using var unknown = TestAuthority.CreateRoot("unknown");
        await using var backend = await TlsBackend.StartAsync(
            new TlsBackendOptions { Default = Make.Chain(unknown), ClientRoot = callers.Certificate, TlsVersions = version }, Cancellation);
        Apply(Route(backend.Port), Entry(first));

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.EndsWith($"details=\"{VerdictText.Code(VerdictReason.UnknownAuthority)}\"", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task No_line_and_no_report_holds_the_key()
    {
        await using var backend = await DemandingAsync();
        using var stranger = Caller(corp, "stranger");
        Apply(Route(backend.Port), Entry(first));
        await GetAsync();
        Apply(Route(backend.Port), Entry(first) with { PrivateKeyPem = TestPem.PrivateKey(stranger) });
        await GetAsync();
        Apply(Route(backend.Port), Entry(stranger));
        await GetAsync();
        time.Advance(TimeSpan.FromMilliseconds(100));
        var report = await gateway.ReportAsync(report => report.Observations.Length > 0, Cancellation);

        string[] said = [.. gateway.Logs.GetSnapshot().Select(line => $"{line.Message} {line.Exception}"), report.ToString(), string.Concat(report.Observations), Entry(first).ToString()];

        Assert.All(new[] { first, stranger }.Select(TestPem.PrivateKey).SelectMany(pem => pem.Split('\n')).Where(line => line.Length > 20 && line[0] != '-'), line =>
            Assert.All(said, text => Assert.DoesNotContain(line, text, StringComparison.Ordinal)));
    }

    private static X509Certificate2 Caller(TestAuthority authority, string name) =>
        authority.Issue(CertificateRecipe.ForServer() with { Subject = $"CN={name}", ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] });

    private static IEnumerable<byte[]> Leaves(TlsBackend backend) => backend.Connections.Entries.Select(connection => connection.ClientChain[0]);

    private static RouteEntry Route(int port, BackendProtocol protocol = BackendProtocol.Http11, ResourceKey? certificate = null) =>
        Make.Route(Make.Backend(port) with { Protocol = protocol, Tls = new BackendTls { Bundles = [Make.Corp], ClientCertificate = certificate ?? Secret } });

    private CertificateEntry Entry(X509Certificate2 leaf) =>
        new() { Certificate = Secret, ChainPem = TestPem.Certificates(leaf, issuing.Certificate), PrivateKeyPem = TestPem.PrivateKey(leaf) };

    private void Apply(params ConfigurationEntry[] entries) => gateway.Apply(Make.Mounts(corp), [Make.Bundle(corp), .. entries]);

    private Task<TlsBackend> DemandingAsync(SslProtocols versions = SslProtocols.Tls12 | SslProtocols.Tls13) =>
        TlsBackend.StartAsync(new TlsBackendOptions { Default = Make.Chain(corp), ClientRoot = callers.Certificate, TlsVersions = versions }, Cancellation);

    private async Task<HttpStatusCode> GetAsync(string host = "shop.test")
    {
        using var response = await gateway.Http1.GetAsync($"https://{host}/", Cancellation);

        return response.StatusCode;
    }

    private async Task RefusedAsync(string error, string detail)
    {
        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(ProxyStatus(error), response.Headers.GetValues("Proxy-Status").Single());
        time.Advance(TimeSpan.FromMilliseconds(100));
        var report = await gateway.ReportAsync(report => report.Observations.Any(observation => observation.Verdict is Verdict.Refused), Cancellation);
        Assert.Equal(detail, ((Verdict.Refused)report.Observations.Single().Verdict).Evidence.Detail);
    }

    private static string ProxyStatus(string error) => $"portcullis; error={error}; details=\"{VerdictText.Code(VerdictReason.ClientCertificateRejected)}\"";
}
