using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Leading;
using Portcullis.Operator.Reconciling;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>One operator in a cluster, put together.</summary>
internal static class ClusterHost
{
    /// <param name="options">Checked before.</param>
    /// <param name="election">Which Lease, and as whom.</param>
    /// <param name="api">Outlives what is built.</param>
    /// <param name="source">What is read, and what a term writes.</param>
    /// <param name="endProcess">For a term that does not stop.</param>
    /// <param name="logging">Where lines go.</param>
    public static WebApplication Build(
        ClusterOptions options, ElectionOptions election, ApiConnection api, Func<IServiceProvider, ClusterSource> source, Action<string> endProcess, Action<ILoggingBuilder> logging)
    {
        // Empty: nothing but the options decides, no environment variable and no file beside the program.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        logging(builder.Logging);
        builder.WebHost.UseKestrelCore();
        AddParts(builder.Services, options, election, api, source);
        builder.Services.AddSingleton(provider => Terms(provider, options, endProcess));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LinkIdentity>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SessionKeeper>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ClusterTerms>());
        builder.Services.AddGatewayStream(new DeliveryOptions());
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => new ConfigureOptions<KestrelServerOptions>(kestrel =>
        {
            kestrel.ListenForGateways(options.Listen, provider.GetRequiredService<LinkIdentity>().ForHandshake);
            kestrel.ListenAt(options.Health, listen => listen.Protocols = HttpProtocols.Http1);
        }));

        var app = builder.Build();
        app.MapGatewayStream();
        app.MapHealth();
        return app;
    }

    private static void AddParts(IServiceCollection services, ClusterOptions options, ElectionOptions election, ApiConnection api, Func<IServiceProvider, ClusterSource> source)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Identity);
        services.AddSingleton(election);
        services.AddSingleton(api);
        services.AddSingleton(source);
        services.AddSingleton(new ReconcileOptions());
        services.AddSingleton(new LeadingFleet());
        services.AddSingleton(new Admission(options.Admitted));
        services.AddSingleton(new LeaseObject(api, election.Lease));
        services.AddSingleton<Elector>();
        services.AddSingleton<LinkIdentity>();
        services.AddSingleton(new Latest<SessionKey>());
        services.AddSingleton(new Latest<SessionKeyProblem>());
        services.AddSingleton(provider => new SessionKeeper(
            new SessionKeyWatch(
                new SessionSecret(api, options.SessionSecretKey).OpenAsync, options.SessionSecretKey, provider.GetRequiredService<Latest<SessionKeyProblem>>()).OpenAsync,
            provider.GetRequiredService<Latest<SessionKey>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SessionKeeper>>()));
        services.AddSingleton<IGatewayAuthenticator>(provider => new TokenReviews(api, options.Audience, provider.GetRequiredService<TimeProvider>()));
    }

    private static ClusterTerms Terms(IServiceProvider provider, ClusterOptions options, Action<string> endProcess) => new(
        provider.GetRequiredService<Elector>(),
        provider.GetRequiredService<ClusterSource>(),
        provider.GetRequiredService<LeadingFleet>(),
        options,
        provider.GetRequiredService<Latest<SessionKey>>(),
        provider.GetRequiredService<ReconcileOptions>(),
        provider.GetRequiredService<IHostApplicationLifetime>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>())
    {
        SessionKeyProblems = provider.GetRequiredService<Latest<SessionKeyProblem>>(),
        EndProcess = endProcess,
    };

    /// <summary>Every replica that could lead is ready, whoever leads: a rollout must not wait for the Lease.</summary>
    private static void MapHealth(this WebApplication app)
    {
        var source = app.Services.GetRequiredService<ClusterSource>();
        var identity = app.Services.GetRequiredService<LinkIdentity>();

        app.MapGet("/livez", context => context.Response.WriteAsync("alive\n")).WithMetadata(new LinkEndpoint.InClear());
        app.MapGet("/readyz", context =>
        {
            var missing = !source.Synced.IsCompletedSuccessfully ? $"the cluster was not read once yet; awaited: {string.Join(", ", source.Awaited())}"
                : !identity.IsReady ? "there is no certificate for gateways yet"
                : null;

            context.Response.StatusCode = missing is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(missing is null ? "ready\n" : $"not ready: {missing}\n");
        }).WithMetadata(new LinkEndpoint.InClear());
    }
}
