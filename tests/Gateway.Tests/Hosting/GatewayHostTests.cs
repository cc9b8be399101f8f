using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Hosting.Health;
using Portcullis.Gateway.Link;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Hosting;

/// <summary>The whole gateway in this process, without an operator: it has what it saved, or nothing.</summary>
public sealed class GatewayHostTests : IDisposable
{
    private const string Host = "shop.test";
    private const string BackendName = "orders.internal";
    private static readonly ResourceKey FrontSecret = new("shop", "front");
    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority publicRoot = TestAuthority.CreateRoot("public");
    private readonly TestAuthority company = TestAuthority.CreateRoot("company");
    private readonly TestLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        log.Dispose();
        company.Dispose();
        publicRoot.Dispose();
        folder.Dispose();
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_gateway_that_restarts_without_its_operator_serves_what_it_saved()
    {
        using var leaf = company.Issue(BackendName);
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(leaf), Cancellation);
        folder.Write("bundles/shop.corp.pem", company.Pem);
        await SaveAsync(backend.Port);

        await using var gateway = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await ReadyOnceAppliedAsync(gateway));
        Assert.Equal(BackendName, Assert.Single(backend.Requests.Entries).Connection.ServerName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_request_line_that_is_too_long_is_answered_414_over_both_versions(int version)
    {
        await using var gateway = await WholeGateway.StartAsync(options => options, Cancellation, Host);
        using var client = gateway.Client(new Version(version, version == 1 ? 1 : 0));

        using var just = await client.GetAsync($"https://{Host}/?{new string('a', 8_100)}", Cancellation);
        using var beyond = await client.GetAsync($"https://{Host}/?{new string('a', 8_192)}", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, just.StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, beyond.StatusCode);
        Assert.Equal("portcullis; error=http_request_error; details=\"PC3117\"", beyond.Headers.GetValues("Proxy-Status").Single());
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task Without_the_bundle_nothing_reaches_the_backend_and_readiness_names_it()
    {
        using var leaf = company.Issue(BackendName);
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(leaf), Cancellation);
        folder.Write("bundles/shop.corp.pem", company.Pem[..200]);
        await SaveAsync(backend.Port);

        await using var gateway = await StartAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(gateway));
        var (status, reason) = await ReadyOnceAppliedAsync(gateway);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("shop/corp", reason, StringComparison.Ordinal);
        Assert.Empty(backend.Connections.Entries);
    }

    [Fact]
    public async Task Buffers_are_the_ones_that_the_collector_may_take_back()
    {
        await using var gateway = GatewayHost.Build(Options(certificate: null), log.Configure);

        Assert.Same(MemoryPool<byte>.Shared, gateway.Services.GetRequiredService<IMemoryPoolFactory<byte>>().Create());
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_gateway_that_never_had_a_configuration_answers_503_and_stays_not_ready()
    {
        folder.Write("bundles/README", "");

        await using var gateway = await StartAsync(Certificate());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(gateway));
        var (status, reason) = await ReadyAsync(gateway);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("no configuration", reason, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_request_that_runs_when_the_gateway_is_told_to_stop_is_finished()
    {
        using var leaf = company.Issue(BackendName);
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(leaf), Cancellation);
        folder.Write("bundles/shop.corp.pem", company.Pem);
        await SaveAsync(backend.Port);
        await using var gateway = await StartAsync(drain: TimeSpan.FromSeconds(30));
        var asking = AskAsync(gateway, "/hold");
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        var stopping = gateway.StopAsync(Cancellation);
        await log.Lines.WaitAsync(lines => lines.Any(line => line.Message.StartsWith("Stopping", StringComparison.Ordinal)), Cancellation);
        backend.Release();

        Assert.Equal(HttpStatusCode.OK, await asking);
        await stopping;
    }

    [Fact]
    public async Task A_request_that_runs_on_and_on_is_ended_after_the_timeout()
    {
        using var leaf = company.Issue(BackendName);
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(leaf), Cancellation);
        folder.Write("bundles/shop.corp.pem", company.Pem);
        await SaveAsync(backend.Port);
        await using var gateway = await StartAsync(drain: TimeSpan.FromMilliseconds(50));
        var asking = AskAsync(gateway, "/hold");
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        await gateway.StopAsync(Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await asking);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task No_key_and_no_token_is_logged()
    {
        using var leaf = company.Issue(BackendName);
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(leaf), Cancellation);
        var front = await SaveAsync(backend.Port);
        folder.Write("bundles/shop.corp.pem", company.Pem + "\n" + TestPem.PrivateKey(leaf));
        folder.Write("token", "a-token-that-must-not-be-told");

        await using (var gateway = await StartAsync())
        {
            await AskAsync(gateway);
            await gateway.StopAsync(Cancellation);
        }

        string[] secrets = ["a-token-that-must-not-be-told", TestPem.PrivateKey(leaf).Split('\n')[1], front.PrivateKeyPem.Split('\n')[1]];
        Assert.NotEmpty(log.Lines.Entries);
        Assert.All(log.Lines.Entries, line => Assert.All(secrets, secret => Assert.DoesNotContain(secret, line.ToString(), StringComparison.Ordinal)));
    }

    private FrontCertificatePaths Certificate()
    {
        using var leaf = publicRoot.Issue(Host);

        return new FrontCertificatePaths(folder.Write("chain.pem", TestPem.Certificates(leaf)), folder.Write("key.pem", TestPem.PrivateKey(leaf)));
    }

    private async Task<CertificateEntry> SaveAsync(int port)
    {
        using var leaf = publicRoot.Issue(Host);
        var front = new CertificateEntry { Certificate = FrontSecret, ChainPem = TestPem.Certificates(leaf), PrivateKeyPem = TestPem.PrivateKey(leaf) };
        var configuration = GatewayConfiguration.Of(
        [
            new SettingsEntry { DefaultCertificate = FrontSecret },
            front,
            new BundleEntry { Bundle = Make.Corp, Digest = Digest.Of([]), Anchors = [company.Fingerprint] },
            Make.Route(Make.Backend(port, BackendName)),
        ]);
        await new SavedConfiguration(folder["saved"]).SaveAsync(new VersionedConfiguration(new ConfigurationVersion(1, 1), configuration), Cancellation);

        return front;
    }

    private async Task<WebApplication> StartAsync(FrontCertificatePaths? certificate = null, TimeSpan drain = default)
    {
        var gateway = GatewayHost.Build(Options(certificate) with { Drain = new DrainTimes(TimeSpan.Zero, drain) }, log.Configure);
        await gateway.StartAsync(Cancellation);

        return gateway;
    }

    private GatewayOptions Options(FrontCertificatePaths? certificate) => new()
    {
        // Nobody listens there; discard is a port that is never given out.
        Link = new LinkOptions { Operator = new Uri("https://127.0.0.1:9"), CaFile = folder["ca.crt"], TokenFile = folder["token"], SavedConfiguration = folder["saved"] },
        BundleDirectories = [folder["bundles"]],
        Https = [new ListenAddress(IPAddress.Loopback, 0)],
        Health = new ListenAddress(IPAddress.Loopback, 0),
        AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")],
        Certificate = certificate,
    };

    private async Task<HttpStatusCode> AskAsync(WebApplication gateway, string path = "/")
    {
        using var client = TestClient.To(new IPEndPoint(IPAddress.Loopback, new Uri(gateway.Urls.Single()).Port), publicRoot.Certificate);
        using var response = await client.GetAsync(new Uri($"https://{Host}{path}"), Cancellation);

        return response.StatusCode;
    }

    /// <summary>Asked when the gateway has reported what became of its configuration.</summary>
    private static async Task<(HttpStatusCode Status, string Reason)> ReadyOnceAppliedAsync(WebApplication gateway)
    {
        await gateway.Services.GetRequiredService<OperatorLink>().Reports.ReadAllAsync(Cancellation).FirstAsync(report => report.Applied is not null, Cancellation);

        return await ReadyAsync(gateway);
    }

    private static async Task<(HttpStatusCode Status, string Reason)> ReadyAsync(WebApplication gateway)
    {
        var port = gateway.Services.GetRequiredService<HealthServer>().Address.Port;
        using var client = TestClient.InClearTo(new IPEndPoint(IPAddress.Loopback, port));
        using var response = await client.GetAsync(new Uri("http://gateway/readyz"), Cancellation);

        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
