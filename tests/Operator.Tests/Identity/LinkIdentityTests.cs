using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Tests.Leading;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Identity;

public sealed class LinkIdentityTests : IAsyncLifetime
{
    private static readonly ResourceKey Secret = new("default", "authority");
    private static readonly ResourceKey ConfigMap = new("default", "ca");
    private readonly ElectionClock clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<IAsyncDisposable> running = [];
    private readonly TestLog log = new();
    private ApiServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await ApiServer.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var identity in running)
        {
            await identity.DisposeAsync();
        }

        await server.DisposeAsync();
        log.Dispose();
    }

    [Fact]
    public async Task An_authority_is_made_published_and_served_under()
    {
        var identity = await StartAsync();

        var leaf = Leaf(identity);

        Assert.Equal(
            ["operator.default", "operator.default.svc", "operator.default.svc.cluster.local"],
            leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames().Order(StringComparer.Ordinal));
        Assert.Empty(leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateIPAddresses());
        Assert.InRange(leaf.NotAfter - leaf.NotBefore, TimeSpan.FromDays(1), TimeSpan.FromDays(7));
        Assert.True(IsVouchedFor(leaf));
        Assert.Single(Published());
    }

    [Fact]
    public async Task Replicas_that_start_together_agree_on_one_authority()
    {
        var identities = await Task.WhenAll(StartAsync(), StartAsync(), StartAsync());
        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.Single(Published());
        Assert.All(identities, identity => Assert.True(IsVouchedFor(Leaf(identity))));
    }

    [Fact]
    public async Task A_replica_that_comes_later_takes_what_is_there()
    {
        await StartAsync();
        var before = Published();

        var later = await StartAsync();

        Assert.Equal(before.Select(certificate => certificate.Thumbprint), Published().Select(certificate => certificate.Thumbprint));
        Assert.True(IsVouchedFor(Leaf(later)));
    }

    [Fact]
    public async Task What_gateways_mount_is_put_right_when_it_is_deleted_or_edited()
    {
        await StartAsync();
        var pem = Pem();

        server.Objects.Delete("ConfigMap", ConfigMap);
        await PassAsync(TimeSpan.FromSeconds(5));
        var restored = Pem();
        server.Objects.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, name: ca, labels: {team: edge}}, data: {ca.crt: another, note: kept}}");
        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(pem, restored);
        Assert.Equal(pem, Pem());
        Assert.Equal("kept", server.Objects.Find("ConfigMap", ConfigMap)!["data"]!["note"]!.GetValue<string>());
        Assert.Equal("edge", server.Objects.Find("ConfigMap", ConfigMap)!["metadata"]!["labels"]!["team"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_is_deleted_while_it_is_put_right_is_made_again_without_a_word()
    {
        await StartAsync();
        var pem = Pem();
        server.Objects.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, name: ca}, data: {ca.crt: another}}");
        var deleted = 0;
        server.Faults.BeforeRequest = request =>
        {
            if (request.Verb == "update" && Interlocked.Exchange(ref deleted, 1) == 0)
            {
                server.Objects.Delete("ConfigMap", ConfigMap);
            }

            return Task.CompletedTask;
        };

        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(1, deleted);
        Assert.Equal(pem, Pem());
    }

    [Fact]
    public async Task Deleting_the_Secret_rotates_the_authority_published_before_it_is_served_under_and_the_old_one_is_dropped()
    {
        var identity = await StartAsync();
        var old = Published().Single();

        server.Objects.Delete("Secret", Secret);
        await PassAsync(TimeSpan.FromSeconds(5));
        var both = Published();
        var meanwhile = Leaf(identity);
        await PassAsync(TimeSpan.FromMinutes(2.5));
        var afterwards = Leaf(identity);
        await PassAsync(TimeSpan.FromMinutes(9));
        var one = Published();

        Assert.Equal(2, both.Count);
        Assert.NotEqual(both[0].Subject, both[1].Subject);
        Assert.Equal(old.Subject, meanwhile.Issuer);
        Assert.Equal(both[0].Subject, afterwards.Issuer);
        Assert.Equal([both[0].Thumbprint], one.Select(certificate => certificate.Thumbprint));
        Assert.True(IsVouchedFor(afterwards));
    }

    [Fact]
    public async Task The_leaf_is_renewed_when_two_thirds_of_its_life_are_over()
    {
        var identity = await StartAsync();
        var first = Leaf(identity);

        clock.Jump(TimeSpan.FromDays(4.6));
        await PassAsync(TimeSpan.FromSeconds(5));
        var early = Leaf(identity);
        clock.Jump(TimeSpan.FromDays(0.1));
        await PassAsync(TimeSpan.FromSeconds(5));
        var late = Leaf(identity);

        Assert.Equal(first.SerialNumber, early.SerialNumber);
        Assert.NotEqual(first.SerialNumber, late.SerialNumber);
        Assert.True(IsVouchedFor(late));
    }

    [Fact]
    public async Task An_authority_that_comes_to_its_end_is_followed_by_another_in_time()
    {
        await StartAsync();

        clock.Jump(TimeSpan.FromDays(310));
        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, Published().Count);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_Secret_of_somebody_elses_is_left_alone_and_named_with_what_to_do()
    {
        log.Announce("could not be kept");
        var identity = await StartAsync();
        var leaf = Leaf(identity);

        server.Objects.Apply($"{{apiVersion: v1, kind: Secret, metadata: {{namespace: default, name: authority}}, data: {{ca.crt: {Base64("x")}, ca.key: {Base64("SECRET-4711")}}}}}");
        await PassAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(leaf, Leaf(identity));
        Assert.Single(log.Lines.Entries, line => line.Message.Contains("kubectl delete secret --namespace default authority", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines.Entries, line => line.ToString().Contains("SECRET-4711", StringComparison.Ordinal));
        Assert.Equal(Base64("SECRET-4711"), server.Objects.Find("Secret", Secret)!["data"]!["ca.key"]!.GetValue<string>());
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task The_key_appears_in_no_log_and_no_ConfigMap()
    {
        await StartAsync();
        var key = Encoding.UTF8.GetString(Convert.FromBase64String(server.Objects.Find("Secret", Secret)!["data"]!["ca.key"]!.GetValue<string>()));
        var secret = key.Split('\n')[1];

        Assert.NotEmpty(log.Lines.Entries);
        Assert.DoesNotContain(log.Lines.Entries, line => line.ToString().Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, server.Objects.Find("ConfigMap", ConfigMap)!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_fails_within_heals_by_itself_and_is_told_once()
    {
        await StartAsync();
        server.Faults.Answer(2, request => request.Resource == "secrets", HttpStatusCode.InternalServerError);

        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.Single(log.Lines.Entries, line => line.Message.Contains("could not be looked at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_API_server_the_present_certificate_serves_on()
    {
        var identity = await StartAsync();
        var leaf = Leaf(identity);

        await server.StopAsync();
        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(leaf, Leaf(identity));
        Assert.Single(log.Lines.Entries, line => line.Message.Contains("could not be looked at", StringComparison.Ordinal));
    }

    private async Task<LinkIdentity> StartAsync()
    {
        var api = new ApiConnection(new ApiServerAddress { Address = server.Address, CaPem = server.Authority.Pem, Token = server.AdminToken }, TimeProvider.System);
        var options = new LinkIdentityOptions(new ResourceKey("default", "operator"), Secret, ConfigMap) { Interval = TimeSpan.FromSeconds(2) };
        var identity = new LinkIdentity(api, options, clock, log.For<LinkIdentity>());
        running.Add(new Running(identity, api));
        await identity.StartAsync(Cancellation);

        while (!identity.IsReady)
        {
            await clock.PassAsync(TimeSpan.FromSeconds(0.25), candidates: 1);
        }

        return identity;
    }

    private Task PassAsync(TimeSpan time) => clock.PassAsync(time, running.Count);

    private static X509Certificate2 Leaf(LinkIdentity identity) => identity.ForHandshake().ServerCertificateContext!.TargetCertificate;

    private string Pem() => server.Objects.Find("ConfigMap", ConfigMap)!["data"]!["ca.crt"]!.GetValue<string>();

    private X509Certificate2Collection Published()
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Pem());
        return certificates;
    }

    private bool IsVouchedFor(X509Certificate2 leaf)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.AddRange(Published());
        return chain.Build(leaf);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed class Running(LinkIdentity identity, ApiConnection api) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await identity.StopAsync(CancellationToken.None);
            identity.Dispose();
            api.Dispose();
        }
    }
}
