using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>What clients see of the gateway's certificates, over real connections.</summary>
public sealed class FrontTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private static readonly ResourceKey Declared = new("shop", "front");
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestAuthority issuing;
    private readonly TestLog log = new();
    private readonly FrontCertificates certificates;
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FrontServer? server;

    public FrontTests()
    {
        issuing = root.CreateIntermediate("issuing");
        certificates = new FrontCertificates(new FakeTimeProvider(DateTimeOffset.Parse("2026-06-01T00:00:00Z", null)), log.For<FrontCertificates>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FrontServer Server => server ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => server = await FrontServer.StartAsync(certificates, AnswerAsync, Cancellation);

    public async ValueTask DisposeAsync()
    {
        held.TrySetResult();
        await Server.DisposeAsync();
        log.Dispose();
        issuing.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task The_whole_pushed_chain_is_sent()
    {
        using var leaf = issuing.Issue(Host);

        Assert.Null(certificates.Apply(Configuration(leaf, issuing.Certificate)));

        Assert.Equal([leaf.RawData, issuing.Certificate.RawData], (await PresentedAsync()).Select(certificate => certificate.RawData));
        Assert.Equal("answer", await GetAsync("/", HttpVersion.Version11));
        Assert.Equal("answer", await GetAsync("/", HttpVersion.Version20));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_new_certificate_is_for_new_connections_and_open_ones_do_not_notice()
    {
        using var first = issuing.Issue(Host);
        using var second = issuing.Issue(Host);
        certificates.Apply(Configuration(first, issuing.Certificate));
        using var client = TestClient.To(Server.EndPoint, root.Certificate, HttpVersion.Version20);
        using var running = await client.GetAsync(new Uri($"https://{Host}/hold"), HttpCompletionOption.ResponseHeadersRead, Cancellation);

        certificates.Apply(Configuration(second, issuing.Certificate));
        var presented = await PresentedAsync();
        held.SetResult();

        Assert.Equal(second.RawData, presented[0].RawData);
        Assert.Equal("held", await running.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_broken_pushed_certificate_is_refused_and_the_last_good_one_stays()
    {
        using var good = issuing.Issue(Host);
        using var other = issuing.Issue(Host);
        certificates.Apply(Configuration(good, issuing.Certificate));

        var refusal = certificates.Apply(Configuration(TestPem.Certificates(good), TestPem.PrivateKey(other)));
        var again = certificates.Apply(Configuration(TestPem.Certificates(good), TestPem.PrivateKey(other)));

        Assert.NotNull(refusal);
        Assert.Equal(EntryKey.Certificate(Declared), refusal.Entry);
        Assert.Equal(refusal, again);
        Assert.Equal(good.RawData, (await PresentedAsync())[0].RawData);
        Assert.Single(log.Lines.Entries, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_named_certificate_that_was_not_delivered_is_reported()
    {
        using var files = issuing.Issue(Host);
        certificates.UseFiles(Loaded(files));

        var refusal = certificates.Apply(GatewayConfiguration.Of([new SettingsEntry { DefaultCertificate = Declared }]));

        Assert.Equal(EntryKey.Certificate(Declared), refusal?.Entry);
        Assert.Equal(files.RawData, (await PresentedAsync())[0].RawData);
    }

    [Fact]
    public async Task Pushed_comes_before_files_and_files_come_back_when_it_is_withdrawn()
    {
        using var pushed = issuing.Issue(Host);
        using var files = issuing.Issue(Host);
        certificates.Apply(Configuration(pushed, issuing.Certificate));
        certificates.UseFiles(Loaded(files));

        var whilePushed = await PresentedAsync();
        Assert.Null(certificates.Apply(GatewayConfiguration.Of([new SettingsEntry()])));
        var afterwards = await PresentedAsync();

        Assert.Equal(pushed.RawData, whilePushed[0].RawData);
        Assert.Equal(files.RawData, afterwards[0].RawData);
    }

    [Fact]
    public async Task Without_any_certificate_a_self_signed_one_is_shown_with_a_warning()
    {
        certificates.Apply(GatewayConfiguration.Empty);

        var presented = Assert.Single(await PresentedAsync());
        Assert.Equal(presented, Assert.Single(await PresentedAsync()));

        Assert.Equal(presented.Subject, presented.Issuer);
        Assert.Contains("--certificate", Assert.Single(log.Lines.Entries, line => line.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync("/", HttpVersion.Version11));
    }

    [Fact]
    public async Task Nothing_tells_what_server_this_is()
    {
        using var leaf = issuing.Issue(Host);
        certificates.Apply(Configuration(leaf, issuing.Certificate));
        using var client = TestClient.To(Server.EndPoint, root.Certificate);

        using var response = await client.GetAsync(new Uri($"https://{Host}/"), Cancellation);

        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void No_line_holds_a_private_key()
    {
        using var good = issuing.Issue(Host);
        using var other = issuing.Issue(Host);
        certificates.Apply(Configuration(good, issuing.Certificate));
        certificates.Apply(Configuration(TestPem.Certificates(good), TestPem.PrivateKey(other)));
        certificates.Apply(Configuration(TestPem.PrivateKey(good), TestPem.PrivateKey(good)));

        string[] secrets = [.. new[] { good, other }.Select(certificate => TestPem.PrivateKey(certificate).Split('\n')[1])];

        Assert.NotEmpty(log.Lines.Entries);
        Assert.All(log.Lines.Entries, line => Assert.All(secrets, secret => Assert.DoesNotContain(secret, line.ToString(), StringComparison.Ordinal)));
    }

    private static GatewayConfiguration Configuration(X509Certificate2 leaf, X509Certificate2 intermediate) =>
        Configuration(TestPem.Certificates(leaf, intermediate), TestPem.PrivateKey(leaf));

    private static GatewayConfiguration Configuration(string chainPem, string keyPem) => GatewayConfiguration.Of(
    [
        new SettingsEntry { DefaultCertificate = Declared },
        new CertificateEntry { Certificate = Declared, ChainPem = chainPem, PrivateKeyPem = keyPem },
    ]);

    private static FrontCertificate Loaded(X509Certificate2 leaf)
    {
        Assert.True(FrontCertificate.TryLoad(TestPem.Certificates(leaf), TestPem.PrivateKey(leaf), out var certificate, out _));
        return certificate!;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/hold")
        {
            await context.Response.Body.FlushAsync(Cancellation);
            await held.Task;
            await context.Response.WriteAsync("held", Cancellation);
            return;
        }

        await context.Response.WriteAsync("answer", Cancellation);
    }

    private async Task<X509Certificate2[]> PresentedAsync() => [.. await TestClient.PresentedByAsync(Server.EndPoint, Host, Cancellation)];

    private async Task<string> GetAsync(string path, Version version)
    {
        using var client = TestClient.To(Server.EndPoint, root.Certificate, version);

        return await client.GetStringAsync(new Uri($"https://{Host}{path}"), Cancellation);
    }
}
