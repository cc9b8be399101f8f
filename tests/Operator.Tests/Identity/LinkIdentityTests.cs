using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Identity;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Identity;

public sealed class LinkIdentityTests : IAsyncLifetime
{
    private static readonly ResourceKey Secret = new("default", "authority");
    private static readonly ResourceKey ConfigMap = new("default", "ca");
    private Replicas replicas = null!;

    private ApiServer Server => replicas.Server;

    private TestLog Log => replicas.Log;

    public async ValueTask InitializeAsync() => replicas = await Replicas.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => replicas.DisposeAsync();

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
        await replicas.PassAsync(TimeSpan.FromSeconds(10));

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

        Server.Objects.Delete("ConfigMap", ConfigMap);
        await replicas.PassAsync(TimeSpan.FromSeconds(5));
        var restored = Pem();
        Server.Objects.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, name: ca, labels: {team: edge}}, data: {ca.crt: another, note: kept}}");
        await replicas.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(pem, restored);
        Assert.Equal(pem, Pem());
        Assert.Equal("kept", Server.Objects.Find("ConfigMap", ConfigMap)!["data"]!["note"]!.GetValue<string>());
        Assert.Equal("edge", Server.Objects.Find("ConfigMap", ConfigMap)!["metadata"]!["labels"]!["team"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_is_deleted_while_it_is_put_right_is_made_again_without_a_word()
    {
        await StartAsync();
        var pem = Pem();
        Server.Objects.Apply("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, name: ca}, data: {ca.crt: another}}");
        var deleted = 0;
        Server.Faults.BeforeRequest = request =>
        {
            if (request.Verb == "update" && Interlocked.Exchange(ref deleted, 1) == 0)
            {
                Server.Objects.Delete("ConfigMap", ConfigMap);
            }

            return Task.CompletedTask;
        };

        await replicas.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(1, deleted);
        Assert.Equal(pem, Pem());
    }

    [Fact]
    public async Task Deleting_the_Secret_rotates_the_authority_published_before_it_is_served_under_and_the_old_one_is_dropped()
    {
        var identity = await StartAsync();
        var old = Published().Single();

        Server.Objects.Delete("Secret", Secret);
        await replicas.PassAsync(TimeSpan.FromSeconds(5));
        var both = Published();
        var meanwhile = Leaf(identity);
        await replicas.PassAsync(TimeSpan.FromMinutes(2.5));
        var afterwards = Leaf(identity);
        await replicas.PassAsync(TimeSpan.FromMinutes(9));
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

        replicas.Clock.Jump(TimeSpan.FromDays(4.6));
        await replicas.PassAsync(TimeSpan.FromSeconds(5));
        var early = Leaf(identity);
        replicas.Clock.Jump(TimeSpan.FromDays(0.1));
        await replicas.PassAsync(TimeSpan.FromSeconds(5));
        var late = Leaf(identity);

        Assert.Equal(first.SerialNumber, early.SerialNumber);
        Assert.NotEqual(first.SerialNumber, late.SerialNumber);
        Assert.True(IsVouchedFor(late));
    }

    [Fact]
    public async Task An_authority_that_comes_to_its_end_is_followed_by_another_in_time()
    {
        await StartAsync();

        replicas.Clock.Jump(TimeSpan.FromDays(310));
        await replicas.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, Published().Count);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_Secret_of_somebody_elses_is_left_alone_and_named_with_what_to_do()
    {
        Log.Announce("could not be kept");
        var identity = await StartAsync();
        var leaf = Leaf(identity);

        Server.Objects.Apply($"{{apiVersion: v1, kind: Secret, metadata: {{namespace: default, name: authority}}, data: {{ca.crt: {Base64("x")}, ca.key: {Base64("SECRET-4711")}}}}}");
        await replicas.PassAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(leaf, Leaf(identity));
        Assert.Single(Log.Lines.Entries, line => line.Message.Contains("kubectl delete secret --namespace default authority", StringComparison.Ordinal));
        Assert.DoesNotContain(Log.Lines.Entries, line => line.ToString().Contains("SECRET-4711", StringComparison.Ordinal));
        Assert.Equal(Base64("SECRET-4711"), Server.Objects.Find("Secret", Secret)!["data"]!["ca.key"]!.GetValue<string>());
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task The_key_appears_in_no_log_and_no_ConfigMap()
    {
        await StartAsync();
        var key = Encoding.UTF8.GetString(Convert.FromBase64String(Server.Objects.Find("Secret", Secret)!["data"]!["ca.key"]!.GetValue<string>()));
        var secret = key.Split('\n')[1];

        Assert.NotEmpty(Log.Lines.Entries);
        Assert.DoesNotContain(Log.Lines.Entries, line => line.ToString().Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, Server.Objects.Find("ConfigMap", ConfigMap)!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_fails_within_heals_by_itself_and_is_told_once()
    {
        await StartAsync();
        Server.Faults.Answer(2, request => request.Resource == "secrets", HttpStatusCode.InternalServerError);

        await replicas.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Single(Log.Lines.Entries, line => line.Message.Contains("could not be looked at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_API_server_the_present_certificate_serves_on()
    {
        var identity = await StartAsync();
        var leaf = Leaf(identity);

        await Server.StopAsync();
        await replicas.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(leaf, Leaf(identity));
        Assert.Single(Log.Lines.Entries, line => line.Message.Contains("could not be looked at", StringComparison.Ordinal));
    }

    private Task<LinkIdentity> StartAsync()
    {
        var options = new LinkIdentityOptions(new ResourceKey("default", "operator"), Secret, ConfigMap) { Interval = TimeSpan.FromSeconds(2) };

        return replicas.AddAsync(api => new LinkIdentity(api, options, replicas.Clock, Log.For<LinkIdentity>()), identity => identity.IsReady);
    }

    private static X509Certificate2 Leaf(LinkIdentity identity) => identity.ForHandshake().ServerCertificateContext!.TargetCertificate;

    private string Pem() => Server.Objects.Find("ConfigMap", ConfigMap)!["data"]!["ca.crt"]!.GetValue<string>();

    private X509Certificate2Collection Published()
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Pem());
        return certificates;
    }

    private bool IsVouchedFor(X509Certificate2 leaf) => Vouching.Holds(leaf, Published(), replicas.Clock.GetUtcNow());

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
