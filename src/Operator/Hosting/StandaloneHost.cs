using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Reconciling;
using Portcullis.Operator.Stores;
using Portcullis.Operator.Stores.Manifests;

namespace Portcullis.Operator.Hosting;

/// <summary>One operator without a cluster, put together.</summary>
internal static class StandaloneHost
{
    /// <param name="options">Checked before.</param>
    /// <param name="epoch">Higher than that of any start before this one.</param>
    /// <param name="logging">Where lines go.</param>
    public static WebApplication Build(StandaloneOptions options, long epoch, Action<ILoggingBuilder> logging)
    {
        // Empty: nothing but the options decides, no environment variable and no file beside the program.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging(builder.Logging);
        builder.WebHost.UseKestrelCore();
        AddParts(builder.Services, options);
        builder.Services.AddGatewayStream(new FleetHub(options.Gateways, epoch), new SharedToken(LinkToken.Open(options.LinkFolder)), new DeliveryOptions());
        AddEndpoints(builder.Services, options);
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ReconcileLoop>());

        var app = builder.Build();
        app.MapGatewayStream();
        app.MapHealth();
        return app;
    }

    private static void AddParts(IServiceCollection services, StandaloneOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options.Translation);
        services.AddSingleton(new ReconcileOptions());
        services.AddSingleton(new ManifestFolderOptions
        {
            Folder = options.Manifests,
            BundlesFolder = Path.Combine(options.State, "bundles"),
            StatusFolder = Path.Combine(options.State, "status"),
            StateFolder = options.State,
        });
        services.AddSingleton<IResourceStore, ManifestFolder>();
        services.AddSingleton(SessionKeys(options));
        services.AddSingleton<ReconcileLoop>();
        services.AddHostedService(provider => new SessionKeeper(
            _ => Task.FromResult(SessionKeyFile.Open(options.State)),
            provider.GetRequiredService<Latest<SessionKey>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SessionKeeper>>()));
    }

    // Read before anything is translated: a start must not send a configuration without it.
    private static Latest<SessionKey> SessionKeys(StandaloneOptions options)
    {
        var keys = new Latest<SessionKey>();
        keys.Offer(SessionKeyFile.Open(options.State));
        return keys;
    }

    private static void AddEndpoints(IServiceCollection services, StandaloneOptions options)
    {
        services.AddSingleton(provider => new LinkCertificate(
            options.LinkFolder, options.Listen.Address, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LinkCertificate>>()));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => new ConfigureOptions<KestrelServerOptions>(kestrel =>
        {
            kestrel.ListenForGateways(options.Listen, provider.GetRequiredService<LinkCertificate>().ForHandshake);

            if (options.Health is { } health)
            {
                kestrel.Listen(health, listen => listen.Protocols = HttpProtocols.Http1);
            }
        }));
    }

    private static void MapHealth(this WebApplication app)
    {
        var loop = app.Services.GetRequiredService<ReconcileLoop>();

        app.MapGet("/livez", context => context.Response.WriteAsync("alive\n")).WithMetadata(new LinkEndpoint.InClear());
        app.MapGet("/readyz", context =>
        {
            context.Response.StatusCode = loop.HasTranslated ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(loop.HasTranslated ? "ready\n" : "not ready: the manifests were not read once yet\n");
        }).WithMetadata(new LinkEndpoint.InClear());
    }
}
