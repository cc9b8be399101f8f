using System.Net;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Kit;

/// <summary>nginx and Apache as other tests use them.</summary>
public sealed class DebianPeerTests : IDisposable
{
    private readonly TestAuthority root = TestAuthority.CreateRoot("Kit Root");
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task Nginx_presents_each_site_and_logs_its_requests()
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        var sites = new[] { Site("one.test"), Site("two.test") };
        await using var nginx = await Nginx.StartAsync([.. sites], cancellation);

        await AssertServesAsync(nginx, sites);
    }

    [Fact]
    public async Task Apache_presents_each_site_and_logs_its_requests()
    {
        Assert.SkipUnless(Apache.IsInstalled, "Apache is not installed");
        var sites = new[] { Site("one.test"), Site("two.test") };
        await using var apache = await Apache.StartAsync([.. sites], cancellation);

        await AssertServesAsync(apache, sites);
    }

    private PeerSite Site(string name) => new(FreePorts.Next(), name, PresentedChain.Of(root.Issue(name)));

    private async Task AssertServesAsync(DebianPeer peer, PeerSite[] sites)
    {
        foreach (var site in sites)
        {
            using var client = TestClient.To(new IPEndPoint(IPAddress.Loopback, site.Port), root.Certificate);

            Assert.Equal("hello from a real web server\n", await client.GetStringAsync(new Uri($"https://{site.ServerName}/"), cancellation));
        }

        Assert.Equal(["one.test \"GET / HTTP/1.1\" 200 one.test", "two.test \"GET / HTTP/1.1\" 200 two.test"], await LoggedAsync(peer, sites.Length));
    }

    // Apache writes its log after it has answered.
    private async Task<string[]> LoggedAsync(DebianPeer peer, int lines)
    {
        while (peer.AccessLog.Length < lines)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
        }

        return [.. peer.AccessLog];
    }
}
