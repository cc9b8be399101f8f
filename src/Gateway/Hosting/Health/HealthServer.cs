using System.Net.Mime;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Portcullis.Gateway.Hosting.Front;

namespace Portcullis.Gateway.Hosting.Health;

/// <summary>
/// <c>/livez</c>, <c>/readyz</c> and <c>/startupz</c> on a port of their own, as plain HTTP. A server of its own too: a front at its connection limit or
/// in the middle of draining must still be able to say so.
/// </summary>
internal sealed class HealthServer : IHostedService, IAsyncDisposable
{
    private readonly Readiness readiness;
    private readonly IHostApplicationLifetime gateway;
    private readonly WebApplication server;

    public HealthServer(ListenAddress address, Readiness readiness, IHostApplicationLifetime gateway, ILoggerFactory loggers)
    {
        this.readiness = readiness;
        this.gateway = gateway;
        server = Build(address, loggers);
        server.Run(AnswerAsync);
    }

    /// <summary>Where it listens once it has started.</summary>
    public Uri Address => new(server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static WebApplication Build(ListenAddress address, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, WithinAnotherHost>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 100;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            FrontListeners.Listen(kestrel, address, _ => { });
        });

        return builder.Build();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var answer = AnswerTo(context.Request);

        context.Response.StatusCode = answer is null ? StatusCodes.Status404NotFound : answer.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        await context.Response.WriteAsync($"{answer?.Reason ?? "ask /livez, /readyz or /startupz"}\n", context.RequestAborted).ConfigureAwait(false);
    }

    private ReadinessAnswer? AnswerTo(HttpRequest request) => request.Path.Value switch
    {
        "/livez" => new ReadinessAnswer(true, "alive"),
        "/readyz" or "/startupz" when !gateway.ApplicationStarted.IsCancellationRequested => new ReadinessAnswer(false, "starting"),
        "/readyz" => readiness.Answer(),
        "/startupz" => new ReadinessAnswer(true, "started"),
        _ => null,
    };

    /// <summary>Signals are for the gateway's own host; two hosts that listened for them would stop in no order.</summary>
    private sealed class WithinAnotherHost : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
