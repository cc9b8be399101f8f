using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Link;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Hosting.Kit;

/// <summary>The whole gateway as it is started, in this process and without an operator: the test says what it serves.</summary>
internal sealed class WholeGateway : IAsyncDisposable
{
    private readonly TestAuthority publicRoot = TestAuthority.CreateRoot("public");
    private readonly TemporaryFolder folder = new();
    private readonly WebApplication application;
    private long sequence;

    private WholeGateway(Func<GatewayOptions, GatewayOptions> change, string[] hosts)
    {
        folder.Write("bundles/README", "");
        using var leaf = publicRoot.Issue(hosts);
        var options = new GatewayOptions
        {
            // Nobody listens there; discard is a port that is never given out.
            Link = new LinkOptions { Operator = new Uri("https://127.0.0.1:9"), CaFile = folder["ca.crt"], TokenFile = folder["token"] },
            BundleDirectories = [folder["bundles"]],
            Https = [new ListenAddress(IPAddress.Loopback, 0)],
            AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")],
            Certificate = new FrontCertificatePaths(folder.Write("chain.pem", TestPem.Certificates(leaf)), folder.Write("key.pem", TestPem.PrivateKey(leaf))),
        };
        application = GatewayHost.Build(change(options), logging =>
        {
            Log.Configure(logging);

            // As in the program: the line of each request that it would write here reads the Host in the server's own way, which fails for some.
            logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        });
    }

    public TestLog Log { get; } = new();

    public IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(application.Urls.Single()).Port);

    /// <summary>Vouches for the gateway.</summary>
    public X509Certificate2 Root => publicRoot.Certificate;

    /// <param name="change">Of the options.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="hosts">In its certificate.</param>
    public static async Task<WholeGateway> StartAsync(Func<GatewayOptions, GatewayOptions> change, CancellationToken cancellationToken, params string[] hosts)
    {
        var gateway = new WholeGateway(change, hosts);
        await gateway.application.StartAsync(cancellationToken);

        return gateway;
    }

    public HttpClient Client(Version version) => TestClient.To(EndPoint, Root, version);

    public void Serve(MountedBundles mounts, params ConfigurationEntry[] entries) => application.Services.GetRequiredService<ProxyEngine>().Apply(
        new VersionedConfiguration(new ConfigurationVersion(1, ++sequence), GatewayConfiguration.Of([.. entries])), mounts);

    /// <summary>Beside the certificate that it was started with.</summary>
    public void Show(CertificateEntry certificate) =>
        Assert.Empty(application.Services.GetRequiredService<FrontCertificates>().Apply(GatewayConfiguration.Of([certificate])));

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        Log.Dispose();
        folder.Dispose();
        publicRoot.Dispose();
    }
}
