using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy.Certificates;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>The gateway's own listeners in front of an answer of the test's.</summary>
internal sealed class FrontServer : IAsyncDisposable
{
    private readonly WebApplication server;

    private FrontServer(WebApplication server) => this.server = server;

    public IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(Addresses.First()).Port);

    private ICollection<string> Addresses => server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;

    /// <param name="certificates">Shown.</param>
    /// <param name="answer">To every request.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="limits">Null for the defaults.</param>
    /// <param name="admission">By the same limits; null when a test does not look at it.</param>
    public static async Task<FrontServer> StartAsync(
        FrontCertificates certificates, RequestDelegate answer, CancellationToken cancellationToken, FrontLimits? limits = null, ConnectionAdmission? admission = null)
    {
        FrontListeners.DemandCompleteLineEnds();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        limits ??= new FrontLimits();
        admission ??= new ConnectionAdmission(limits, [], TimeProvider.System, NullLoggerFactory.Instance);
        builder.WebHost.UseKestrel(kestrel => FrontListeners.Configure(kestrel, [new ListenAddress(IPAddress.Loopback, 0)], [], limits, admission, certificates));
        var server = builder.Build();
        server.Run(context => admission.ServeAsync(context, answer));
        await server.StartAsync(cancellationToken);

        return new FrontServer(server);
    }

    /// <summary>Shows one certificate, of this root and for this host, to everybody.</summary>
    public static async Task<FrontServer> StartAsync(
        TestAuthority root,
        string host,
        RequestDelegate answer,
        TestLog log,
        CancellationToken cancellationToken,
        FrontLimits? limits = null,
        ConnectionAdmission? admission = null)
    {
        using var leaf = root.Issue(host);
        var certificates = new FrontCertificates(new FakeTimeProvider(), log.For<FrontCertificates>());
        Assert.True(KeyedCertificate.TryLoad(TestPem.Certificates(leaf), TestPem.PrivateKey(leaf), out var certificate, out _));
        certificates.UseFiles(certificate!);

        return await StartAsync(certificates, answer, cancellationToken, limits, admission);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await server.StopAsync(atOnce.Token);
        await server.DisposeAsync();
    }
}
