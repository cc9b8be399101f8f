using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Hosting.Health;
using Portcullis.Gateway.Link;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Hosting;

/// <summary>
/// One gateway, put together. Services start in the order they are added here and stop in reverse: mounts and saved configuration are there and
/// applied before the front, which comes last, accepts its first connection.
/// </summary>
internal static class GatewayHost
{
    public static WebApplication Build(GatewayOptions options, Action<ILoggingBuilder> logging)
    {
        FrontListeners.DemandCompleteLineEnds();

        // Empty: nothing but the options decides, no environment variable and no file beside the program.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging(builder.Logging);
        builder.WebHost.UseKestrel();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, SharedBuffers>();
        AddParts(builder.Services, options);
        AddServices(builder.Services, options);

        var gateway = builder.Build();
        var draining = gateway.Services.GetRequiredService<Draining>();
        var engine = gateway.Services.GetRequiredService<ProxyEngine>();
        var certificates = gateway.Services.GetRequiredService<FrontCertificates>();
        var admission = gateway.Services.GetRequiredService<ConnectionAdmission>();

        var proxies = new ForwardedHeaders(options.TrustedProxies);

        RequestDelegate serve = gateway.Services.GetService<AccessLog>() is { } log ? context => log.RecordAsync(context, AnswerAsync) : AnswerAsync;
        RequestDelegate serveWithTrailers = context => TrailedBody.ServeAsync(context, serve);
        gateway.Run(context => admission.ServeAsync(context, serveWithTrailers));

        return gateway;

        async Task AnswerAsync(HttpContext context)
        {
            await draining.CloseAfterAsync(context).ConfigureAwait(false);
            await (AmbiguousFraming.IsIn(context.Request) ? AmbiguousFraming.RefuseAsync(context)
                : LongRequestLine.IsIn(context, options.Front) ? LongRequestLine.RefuseAsync(context)
                : Misdirection.IsIn(context, certificates.Table, proxies) ? Misdirection.RefuseAsync(context)
                : engine.InvokeAsync(context)).ConfigureAwait(false);
        }
    }

    private static void AddParts(IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Readiness>();
        services.AddSingleton<FrontCertificates>();
        services.AddSingleton(provider => new ConnectionAdmission(
            options.Front, options.TrustedProxies, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(options.Link);
        services.AddSingleton<OperatorLink>();
        services.AddSingleton(provider => new BundleDirectory(
            options.BundleDirectories, options.MountInterval, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BundleDirectory>>()));
        services.AddPortcullisProxy(new ProxyOptions
        {
            AllowedNetworks = options.AllowedNetworks,
            TrustedProxies = options.TrustedProxies,
            PublicHttpsPort = options.PublicHttpsPort,
            Requests = options.Requests,
        });
        services.AddSingleton(Seams);
        services.AddSingleton<ApplyLoop>();
        services.AddSingleton(provider => new Draining(
            options.Drain,
            provider.GetRequiredService<ProxyEngine>().EndWebSockets,
            provider.GetRequiredService<ProxyEngine>().EndRequests,
            provider.GetRequiredService<Readiness>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Draining>>()));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => new ConfigureOptions<KestrelServerOptions>(kestrel =>
            FrontListeners.Configure(
                kestrel,
                options.Https,
                options.Http,
                options.Front,
                provider.GetRequiredService<ConnectionAdmission>(),
                provider.GetRequiredService<FrontCertificates>())));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain.Whole);
    }

    private static void AddServices(IServiceCollection services, GatewayOptions options)
    {
        if (options.Health is { } address)
        {
            services.AddSingleton(provider => new HealthServer(
                address,
                provider.GetRequiredService<Readiness>(),
                provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<ILoggerFactory>()));
            services.AddHostedService(provider => provider.GetRequiredService<HealthServer>());
        }

        if (options.AccessLog != AccessLogMode.None)
        {
            services.AddSingleton(provider => new AccessLog(
                options.AccessLog,
                new ForwardedHeaders(options.TrustedProxies),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AccessLog>>()));
            services.AddHostedService(provider => provider.GetRequiredService<AccessLog>());
            services.AddHostedService<UnreadRequests>();
        }

        if (options.Certificate is { } paths)
        {
            services.AddSingleton(paths);
            services.AddHostedService<FrontCertificateFiles>();
        }

        services.AddHostedService(provider => provider.GetRequiredService<BundleDirectory>());
        services.AddHostedService(provider => provider.GetRequiredService<OperatorLink>());
        services.AddHostedService(provider => provider.GetRequiredService<ApplyLoop>());
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddHostedService(provider => new MemoryReturn(
            () => provider.GetRequiredService<ConnectionAdmission>().Places.Count, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MemoryReturn>>()));
    }

    private static ApplyLoopSeams Seams(IServiceProvider provider)
    {
        var link = provider.GetRequiredService<OperatorLink>();
        var engine = provider.GetRequiredService<ProxyEngine>();

        return new ApplyLoopSeams
        {
            Configurations = link.Configurations,
            Mounted = provider.GetRequiredService<BundleDirectory>().Mounted,
            Apply = engine.Apply,
            EngineReports = engine.Reports,
            Reports = link.Reports,
        };
    }
}
