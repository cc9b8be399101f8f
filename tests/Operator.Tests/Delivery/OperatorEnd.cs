using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Hosting;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Processes;

namespace Portcullis.Operator.Tests.Delivery;

/// <summary>The operator's end of the stream as it runs in earnest: real TLS on loopback, its own authority and token in a folder.</summary>
internal sealed class OperatorEnd : IAsyncDisposable
{
    private readonly WebApplication app;

    /// <summary>Null when the folder is the test's, which may start another operator in it.</summary>
    private readonly TemporaryFolder? own;

    private OperatorEnd(WebApplication app, FleetHub hub, string folder, TemporaryFolder? own, TestLog log)
    {
        this.app = app;
        this.own = own;
        Hub = hub;
        Folder = folder;
        Log = log;
    }

    public FleetHub Hub { get; }

    /// <summary>Holds ca.crt and token.</summary>
    public string Folder { get; }

    public TestLog Log { get; }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public string CaFile => Path.Combine(Folder, "ca.crt");

    public string TokenFile => Path.Combine(Folder, "token");

    public static Task<OperatorEnd> StartAsync(long epoch = 1, string? folder = null, int port = 0, DeliveryOptions? options = null) =>
        StartAsync(new FleetHub(["default", "other"], epoch), folder, port, options, app => app.MapGatewayStream(), _ => { });

    /// <summary>With another service behind the same endpoint.</summary>
    public static async Task<OperatorEnd> StartAsync(FleetHub hub, string? folder, int port, DeliveryOptions? options, Action<WebApplication> map, Action<IServiceCollection> register)
    {
        var own = folder is null ? new TemporaryFolder() : null;
        folder ??= own!.Path;
        var log = new TestLog();
        var builder = WebApplication.CreateSlimBuilder();
        var certificate = new LinkCertificate(folder, IPAddress.Loopback, TimeProvider.System, log.For<LinkCertificate>());

        log.Configure(builder.Logging);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddGatewayStream(hub, new SharedToken(LinkToken.Open(folder)), options ?? new DeliveryOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenForGateways(new IPEndPoint(IPAddress.Loopback, port), certificate.ForHandshake));

        register(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new OperatorEnd(app, hub, folder, own, log);
    }

    /// <summary>Stops it as the end of the process would; a folder that the test gave stays. An error that the test did not announce fails it.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        own?.Dispose();
        Log.Dispose();
    }
}
