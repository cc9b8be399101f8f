using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Kit;

/// <summary>The data path behind a real HTTPS front on loopback, with clients for it.</summary>
internal sealed class GatewayFront : IAsyncDisposable
{
    private readonly TestAuthority authority;
    private readonly WebApplication application;
    private readonly IPEndPoint endPoint;
    private readonly Journal<string> arrived;
    private long sequence;

    private GatewayFront(WebApplication application, IPEndPoint endPoint, TestAuthority authority, FakeLogCollector logs, Journal<string> logged, Journal<string> arrived)
    {
        this.arrived = arrived;
        this.application = application;
        this.endPoint = endPoint;
        this.authority = authority;
        Logs = logs;
        Logged = logged;
        Engine = application.Services.GetRequiredService<ProxyEngine>();
        Http1 = Client(HttpVersion.Version11);
        Http2 = Client(HttpVersion.Version20);
    }

    public ProxyEngine Engine { get; }

    public FakeLogCollector Logs { get; }

    /// <summary>The same, to wait for.</summary>
    public Journal<string> Logged { get; }

    public HttpClient Http1 { get; }

    public HttpClient Http2 { get; }

    /// <summary>With 127.0.0.0/8 allowed unless the options say otherwise.</summary>
    public static async Task<GatewayFront> StartAsync(CancellationToken cancellationToken, ProxyOptions? options = null, TimeProvider? time = null)
    {
        var authority = TestAuthority.CreateRoot("front");
        var leaf = authority.Issue("shop.test", "*.shop.test", "other.test", "*.other.test");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var logged = new Journal<string>();
        builder.Services.AddFakeLogging(logs => logs.OutputSink = logged.Add);
        builder.Logging.AddFilter(typeof(ProxyEngine).FullName, LogLevel.Debug);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddPortcullisProxy(options ?? new ProxyOptions { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")] });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrel(kestrel =>
        {
            FrontListeners.PassHeaderBytes(kestrel);
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(leaf);
            });
        });
        var application = builder.Build();
        var engine = application.Services.GetRequiredService<ProxyEngine>();
        var arrived = new Journal<string>();
        application.Run(context =>
        {
            // Noted when the engine has done what it does at once, so that a test can wait for a request to be under way.
            var served = engine.InvokeAsync(context);
            arrived.Add(context.Request.Path);
            return served;
        });
        await application.StartAsync(cancellationToken);
        var address = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

        return new GatewayFront(application, new IPEndPoint(IPAddress.Loopback, new Uri(address).Port), authority, application.Services.GetFakeLogCollector(), logged, arrived);
    }

    public HttpClient Client(Version version) => TestClient.To(endPoint, authority.Certificate, version);

    /// <summary>For what no client library would send.</summary>
    public Task<SslStream> ConnectAsync(string name, CancellationToken cancellationToken) => TestClient.ConnectAsync(endPoint, authority.Certificate, name, cancellationToken);

    public Task<SslStream> ConnectOverHttp2Async(string name, CancellationToken cancellationToken) =>
        TestClient.ConnectAsync(endPoint, authority.Certificate, name, SslApplicationProtocol.Http2, cancellationToken);

    public SocketsHttpHandler Handler() => TestClient.HandlerTo(endPoint, authority.Certificate);

    /// <summary>Applies these entries as the next configuration, with these bundles mounted whole.</summary>
    public void Apply(MountedBundles mounted, params ConfigurationEntry[] entries) => Apply(mounted, GatewayConfiguration.Of(entries));

    public void Apply(MountedBundles mounted, GatewayConfiguration configuration) =>
        Engine.Apply(new VersionedConfiguration(new ConfigurationVersion(1, ++sequence), configuration), mounted);

    /// <summary>Completes when that many requests are under way or done.</summary>
    public Task RequestsAsync(int count, CancellationToken cancellationToken) => arrived.WaitAsync(requests => requests.Length >= count, cancellationToken);

    /// <summary>The first report of which it holds.</summary>
    public async Task<GatewayReport> ReportAsync(Predicate<GatewayReport> reached, CancellationToken cancellationToken)
    {
        await foreach (var report in Engine.Reports.ReadAllAsync(cancellationToken))
        {
            if (reached(report))
            {
                return report;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http1.Dispose();
        Http2.Dispose();
        Engine.EndRequests();
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await application.StopAsync(atOnce.Token);
        await application.DisposeAsync();
        authority.Dispose();
    }
}
