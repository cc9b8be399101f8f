using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy.Certificates;
using Portcullis.Gateway.Proxy.Requests;
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

        Assert.Empty(certificates.Apply(Configuration(leaf, issuing.Certificate)));

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

        Assert.Equal(EntryKey.Certificate(Declared), Assert.Single(refusal).Entry);
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

        Assert.Equal(EntryKey.Certificate(Declared), Assert.Single(refusal).Entry);
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
        Assert.Empty(certificates.Apply(GatewayConfiguration.Of([new SettingsEntry()])));
        var afterwards = await PresentedAsync();

        Assert.Equal(pushed.RawData, whilePushed[0].RawData);
        Assert.Equal(files.RawData, afterwards[0].RawData);
    }

    [Fact]
    public async Task An_internationalised_name_is_shown_its_own_certificate()
    {
        using var byDefault = issuing.Issue(Host);
        using var own = issuing.Issue("xn--bcher-kva.test", "*.xn--bcher-kva.test");

        certificates.Apply(GatewayConfiguration.Of(
        [
            new SettingsEntry { DefaultCertificate = Declared },
            Entry("front", byDefault),
            Entry("own", own, "xn--bcher-kva.test", "*.xn--bcher-kva.test"),
        ]));

        Assert.Equal(own.RawData, (await PresentedAsync("xn--bcher-kva.test"))[0].RawData);
        Assert.Equal(own.RawData, (await PresentedAsync("xn--80ak6aa92e.xn--bcher-kva.test"))[0].RawData);
        Assert.Equal(HttpStatusCode.OK, await AskAsync("xn--bcher-kva.test", "xn--bcher-kva.test"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsync("xn--bcher-kva.test", Host));
    }

    [Fact]
    public async Task Each_name_is_shown_its_own_certificate_and_others_the_default()
    {
        using var byDefault = issuing.Issue(Host);
        using var own = issuing.Issue("own.test");
        using var wildcard = issuing.Issue("*.wild.test");

        certificates.Apply(GatewayConfiguration.Of(
        [
            new SettingsEntry { DefaultCertificate = Declared },
            Entry("front", byDefault),
            Entry("own", own, "own.test"),
            Entry("wild", wildcard, "*.wild.test"),
        ]));

        Assert.Equal(own.RawData, (await PresentedAsync("own.test"))[0].RawData);
        Assert.Equal(own.RawData, (await PresentedAsync("OWN.test"))[0].RawData);
        Assert.Equal(wildcard.RawData, (await PresentedAsync("a.wild.test"))[0].RawData);
        Assert.Equal(byDefault.RawData, (await PresentedAsync("wild.test"))[0].RawData);
        Assert.Equal(byDefault.RawData, (await PresentedAsync("other.test"))[0].RawData);
    }

    [Fact]
    public async Task A_request_for_a_host_of_another_certificate_is_told_to_come_on_a_connection_of_its_own()
    {
        using var both = issuing.Issue("a.test", "both.test");
        using var other = issuing.Issue("b.test");
        certificates.Apply(GatewayConfiguration.Of([Entry("a", both, "a.test"), Entry("b", other, "b.test", "both.test")]));

        Assert.Equal(HttpStatusCode.OK, await AskAsync("a.test", "a.test"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("a.test", "A.TEST.:443"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("a.test", "both.test"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsync("a.test", "b.test"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsync("a.test", "unknown.test"));
    }

    [Fact]
    public async Task A_client_that_names_no_host_in_its_handshake_is_served_whatever_it_asks_for()
    {
        using var byDefault = issuing.Issue(CertificateRecipe.ForServer(Host).WithIp("127.0.0.1"));
        using var own = issuing.Issue("own.test");
        certificates.Apply(GatewayConfiguration.Of([new SettingsEntry { DefaultCertificate = Declared }, Entry("front", byDefault), Entry("own", own, "own.test")]));

        // The client sends no address as SNI.
        Assert.Equal(HttpStatusCode.OK, await AskAsync("127.0.0.1", "own.test"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsync(Host, "own.test"));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_connection_that_was_shown_a_certificate_that_is_replaced_goes_on()
    {
        using var first = issuing.Issue("a.test");
        using var second = issuing.Issue("a.test");
        certificates.Apply(GatewayConfiguration.Of([Entry("a", first, "a.test")]));
        using var client = TestClient.To(Server.EndPoint, root.Certificate, HttpVersion.Version20);
        await client.GetStringAsync(new Uri("https://a.test/"), Cancellation);

        certificates.Apply(GatewayConfiguration.Of([Entry("a", second, "a.test")]));

        Assert.Equal("answer", await client.GetStringAsync(new Uri("https://a.test/"), Cancellation));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_broken_certificate_of_one_name_leaves_the_others_alone()
    {
        using var good = issuing.Issue("good.test");
        using var bad = issuing.Issue("bad.test");

        var refusals = certificates.Apply(GatewayConfiguration.Of(
            [Entry("good", good, "good.test"), Entry("bad", bad, "bad.test") with { PrivateKeyPem = TestPem.PrivateKey(good) }]));

        Assert.Equal("shop/bad", Assert.Single(refusals).Entry.Name);
        Assert.Equal(good.RawData, (await PresentedAsync("good.test"))[0].RawData);
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

    private CertificateEntry Entry(string name, X509Certificate2 leaf, params string[] hostnames) => new()
    {
        Certificate = new ResourceKey("shop", name),
        Hostnames = [.. hostnames],
        ChainPem = TestPem.Certificates(leaf, issuing.Certificate),
        PrivateKeyPem = TestPem.PrivateKey(leaf),
    };

    private async Task<HttpStatusCode> AskAsync(string serverName, string host)
    {
        using var client = TestClient.To(Server.EndPoint, root.Certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{serverName}/");

        // The client verifies and sends as SNI what the Host header says, so it must come in beside it.
        request.Headers.TryAddWithoutValidation("X-Host", host);
        using var response = await client.SendAsync(request, Cancellation);

        return response.StatusCode;
    }

    private static KeyedCertificate Loaded(X509Certificate2 leaf)
    {
        Assert.True(KeyedCertificate.TryLoad(TestPem.Certificates(leaf), TestPem.PrivateKey(leaf), out var certificate, out _));
        return certificate!;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers["X-Host"] is [{ } host])
        {
            context.Request.Headers.Host = host;
        }

        if (Misdirection.IsIn(context, certificates.Table, new ForwardedHeaders([])))
        {
            await Misdirection.RefuseAsync(context);
            return;
        }

        if (context.Request.Path == "/hold")
        {
            await context.Response.Body.FlushAsync(Cancellation);
            await held.Task;
            await context.Response.WriteAsync("held", Cancellation);
            return;
        }

        await context.Response.WriteAsync("answer", Cancellation);
    }

    private async Task<X509Certificate2[]> PresentedAsync(string name = Host) => [.. await TestClient.PresentedByAsync(Server.EndPoint, name, Cancellation)];

    private async Task<string> GetAsync(string path, Version version)
    {
        using var client = TestClient.To(Server.EndPoint, root.Certificate, version);

        return await client.GetStringAsync(new Uri($"https://{Host}{path}"), Cancellation);
    }
}
