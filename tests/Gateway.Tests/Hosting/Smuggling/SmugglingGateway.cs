using System.Net;
using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Link;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Hosting.Smuggling;

/// <summary>The whole gateway, as it is started, in front of a backend that keeps every byte.</summary>
public sealed class SmugglingGateway : IAsyncLifetime
{
    private const string Host = "shop.test";
    private readonly TestAuthority publicRoot = TestAuthority.CreateRoot("public");
    private readonly TestAuthority company = TestAuthority.CreateRoot("company");
    private readonly TemporaryFolder folder = new();
    private readonly TestLog log = new();
    private WebApplication gateway = null!;
    private long sequence;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        folder.Write("bundles/README", "");
        using var leaf = publicRoot.Issue(Host);
        gateway = GatewayHost.Build(
            new GatewayOptions
            {
                // Nobody listens there; discard is a port that is never given out.
                Link = new LinkOptions { Operator = new Uri("https://127.0.0.1:9"), CaFile = folder["ca.crt"], TokenFile = folder["token"] },
                BundleDirectories = [folder["bundles"]],
                Https = [new ListenAddress(IPAddress.Loopback, 0)],
                AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")],
                Certificate = new FrontCertificatePaths(folder.Write("chain.pem", TestPem.Certificates(leaf)), folder.Write("key.pem", TestPem.PrivateKey(leaf))),
            },
            log.Configure);
        await gateway.StartAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        log.Dispose();
        folder.Dispose();
        company.Dispose();
        publicRoot.Dispose();
    }

    /// <summary>Everything that came back, and everything that a backend of its own received, once the gateway has closed the connection.</summary>
    public async Task<(string Answers, string Received)> SayAsync(string bytes, CancellationToken cancellationToken)
    {
        using var certificate = company.Issue("orders.internal");
        await using var backend = new RecordingBackend(certificate);
        Serve(backend.Port);
        var address = new IPEndPoint(IPAddress.Loopback, new Uri(gateway.Urls.Single()).Port);
        await using var stream = await TestClient.ConnectAsync(address, publicRoot.Certificate, Host, cancellationToken);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancellationToken);

        // From here on nothing more will come: what is incomplete stays so, and the gateway need not wait.
        await stream.ShutdownAsync();
        var answers = await ReadToEndAsync(stream, cancellationToken);

        return (answers, backend.Received);
    }

    private void Serve(int port) => gateway.Services.GetRequiredService<ProxyEngine>().Apply(
        new VersionedConfiguration(new ConfigurationVersion(1, ++sequence), GatewayConfiguration.Of([Make.Route(Make.Backend(port)), Make.Bundle(company)])),
        Make.Mounts(company));

    private static async Task<string> ReadToEndAsync(SslStream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes, cancellationToken);
        }
        catch (IOException)
        {
            // Reset, which ends a connection as well.
        }

        return Encoding.Latin1.GetString(bytes.ToArray());
    }
}
