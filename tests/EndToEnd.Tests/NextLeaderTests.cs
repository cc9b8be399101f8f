using System.Security.Cryptography.X509Certificates;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests;

/// <summary>An operator that has just begun to lead, and has only ever seen what is broken by now: gateways keep what they hold.</summary>
public sealed class NextLeaderTests : EndToEndTest
{
    private const string Host = "own.front.test";
    private readonly TestAuthority clients = TestAuthority.CreateRoot("Clients Root");

    [Fact]
    [Trait("Promise", "P5")]
    [Trait("Promise", "P7")]
    public async Task Certificates_whose_Secrets_broke_before_it_came_are_shown_on_and_their_successors_are_taken()
    {
        using var front = Root.Issue(Host);
        using var caller = clients.Issue(CertificateRecipe.ForServer() with { Subject = "CN=gateway", ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] });
        await using var backend = await TlsBackend.StartAsync(
            new TlsBackendOptions { Default = PresentedChain.Of(Root.Issue("orders.corp.internal")), ClientRoot = clients.Certificate }, Cancellation);
        await using var standalone = await Standalone.StartAsync(
            Cancellation,
            ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)),
            ("own.yaml", Manifest.TlsSecret("own", front)),
            ("caller.yaml", Manifest.TlsSecret("caller", caller)),
            ("route.yaml", Route(backend)));
        await ShowsAsync(standalone, front);
        using var client = ClientOf(standalone);
        await using var traffic = Traffic.Start(client, Host, Cancellation);
        await traffic.MoreAsync(10, Cancellation);
        Assert.Empty(traffic.Failed);

        // An edit that a leader sees would be kept from gateways by what it remembers; this one happens while nobody leads.
        await standalone.Operator.Process.KillAsync(Cancellation);
        standalone.Write("own.yaml", Broken("own"));
        standalone.Delete("caller.yaml");
        await standalone.Operator.StartAgainAsync(Cancellation);

        // What comes after them has arrived: so have they.
        standalone.Write("later.yaml", Manifest.Route("later", "later.front.test", backend.Port, "company", "orders.corp.internal"));
        await standalone.AnswersAsync("later.front.test", 502);
        await traffic.MoreAsync(10, Cancellation);
        using (var untouched = ClientOf(standalone))
        {
            Assert.Equal(200, (await Answer.ToAsync(untouched, Host, Cancellation)).Status);
        }

        Assert.Empty(traffic.Failed);

        using var successor = Root.Issue(Host);
        standalone.Write("own.yaml", Manifest.TlsSecret("own", successor));
        await ShowsAsync(standalone, successor);
    }

    private static string Route(TlsBackend backend) => $$$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {name: own, namespace: {{{Manifest.Namespace}}}}
        spec:
          hostnames: ["{{{Host}}}"]
          frontend: {certificateRef: {name: own}}
          rules:
          - name: all
            backendRefs: [{name: backend}]
          backends:
          - name: backend
            endpoints: [{ip: 127.0.0.1, port: {{{backend.Port}}}}]
            tls:
              mode: ClientAndServer
              clientCertificateRef: {name: caller}
              validation:
                caCertificateRefs: [{name: company}]
                hostname: orders.corp.internal

        """;

    private static string Broken(string name) => $$$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{{name}}}, namespace: {{{Manifest.Namespace}}}}
        type: kubernetes.io/tls
        data: {tls.crt: bm9uZQ==, tls.key: bm9uZQ==}

        """;

    /// <summary>Trusts what the route brings, and not the gateway's own certificate.</summary>
    private HttpClient ClientOf(Standalone standalone) => TestClient.To(standalone.Gateway.EndPoint, Root.Certificate);

    /// <summary>Waits until a new connection to the host is shown this certificate.</summary>
    private async Task ShowsAsync(Standalone standalone, X509Certificate2 certificate)
    {
        while ((await TestClient.PresentedByAsync(standalone.Gateway.EndPoint, Host, Cancellation)) is not [{ } leaf, ..] || leaf.Thumbprint != certificate.Thumbprint)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
        }
    }
}
