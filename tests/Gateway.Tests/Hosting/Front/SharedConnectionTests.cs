using System.Net;
using System.Text;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>Requests for many hosts on one connection: a browser has a better one for some of them, a proxy in front has not.</summary>
public sealed class SharedConnectionTests
{
    private static readonly ResourceKey Own = new("shop", "own");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.0.2.0/24", 421)]
    [InlineData("127.0.0.0/8", 404)]
    public async Task Only_a_listed_proxy_asks_for_every_host_under_one_name(string proxies, int status)
    {
        using var root = TestAuthority.CreateRoot("public");
        using var own = root.Issue("own.test");
        await using var gateway = await WholeGateway.StartAsync(options => options with { TrustedProxies = [IPNetwork.Parse(proxies)] }, Cancellation, "gateway.test");
        gateway.Show(new CertificateEntry { Certificate = Own, Hostnames = ["own.test"], ChainPem = TestPem.Certificates(own), PrivateKeyPem = TestPem.PrivateKey(own) });
        gateway.Serve(MountedBundles.Empty);
        await using var stream = await TestClient.ConnectAsync(gateway.EndPoint, gateway.Root, "gateway.test", Cancellation);

        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: own.test\r\n\r\n"), Cancellation);

        var answer = new byte["HTTP/1.1 404".Length];
        await stream.ReadExactlyAsync(answer, Cancellation);
        Assert.Equal($"HTTP/1.1 {status}", Encoding.ASCII.GetString(answer));
    }
}
