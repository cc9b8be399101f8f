using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Security.Authentication;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Kit;

/// <summary>The test backend must be believed by other tests, so it is tested itself.</summary>
public sealed class TlsBackendTests : IDisposable
{
    private readonly TestAuthority root = TestAuthority.CreateRoot("Kit Root");
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2.0", "HTTP/2")]
    public async Task A_request_is_recorded_with_its_Host_target_and_SNI(string version, string protocol)
    {
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(root.Issue("shop.test")), cancellation);
        using var client = TestClient.To(backend.EndPoint, root.Certificate, Version.Parse(version));

        var answer = await client.GetFromJsonAsync<BackendAnswer>(new Uri("https://shop.test/cart?item=1"), cancellation);

        Assert.Equal(new BackendAnswer("backend", "shop.test", "/cart?item=1", "shop.test", protocol), answer);
        var request = Assert.Single(backend.Requests.Entries);
        Assert.Equal(("shop.test", "/cart?item=1", "shop.test"), (request.Host, request.Target, request.ServerName));
        Assert.True(request.Connection.HandshakeCompleted);
        Assert.InRange(backend.ApplicationBytes, 1, 1000);
    }

    [Fact]
    public async Task A_client_that_refuses_the_certificate_has_sent_no_application_byte()
    {
        using var other = TestAuthority.CreateRoot("Other Root");
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(other.Issue("shop.test")), cancellation);
        using var client = TestClient.To(backend.EndPoint, root.Certificate);

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("https://shop.test/"), cancellation));

        Assert.IsType<AuthenticationException>(refusal.InnerException);
        var connection = Assert.Single(backend.Connections.Entries);
        await connection.Closed.WaitAsync(cancellation);
        Assert.Equal("shop.test", connection.ServerName);
        Assert.Equal(0, backend.ApplicationBytes);
        Assert.Empty(backend.Requests.Entries);
    }

    [Fact]
    public async Task The_default_certificate_is_shown_when_the_SNI_is_unknown_or_missing()
    {
        using var byDefault = root.Issue("default.test");
        using var shop = root.Issue("shop.test");
        var options = new TlsBackendOptions
        {
            Default = PresentedChain.Of(byDefault),
            VirtualHosts = ImmutableDictionary<string, PresentedChain>.Empty.Add("shop.test", PresentedChain.Of(shop)),
        };
        await using var backend = await TlsBackend.StartAsync(options, cancellation);

        var answers = new[]
        {
            await PresentedToAsync(backend, "shop.test"), await PresentedToAsync(backend, "other.test"), await PresentedToAsync(backend, "127.0.0.1"),
        };

        Assert.Equal([shop.Thumbprint, byDefault.Thumbprint, byDefault.Thumbprint], answers.Select(thumbprints => thumbprints[0]));
        Assert.Equal(["shop.test", "other.test", null], backend.Connections.Entries.Select(connection => connection.ServerName));
    }

    [Fact]
    public async Task Certificates_are_sent_as_they_are_also_when_they_are_too_many_and_unrelated()
    {
        var others = Enumerable.Range(0, 12).Select(number => TestAuthority.CreateRoot($"Unrelated {number}").Certificate).ToArray();
        using var leaf = root.Issue("shop.test");
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(leaf, others), cancellation);

        var presented = await PresentedToAsync(backend, "shop.test");

        Assert.Equal([leaf.Thumbprint, .. others.Select(other => other.Thumbprint)], presented);
    }

    private async Task<string[]> PresentedToAsync(TlsBackend backend, string name)
    {
        var presented = await TestClient.PresentedByAsync(backend.EndPoint, name, cancellation);

        return [.. presented.Select(certificate => certificate.Thumbprint)];
    }
}
