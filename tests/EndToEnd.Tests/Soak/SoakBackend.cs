using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>A backend that keeps nothing of what it answers, so that a million requests cost no memory. It says who it is and what it was asked with; <c>/long</c> takes its time.</summary>
internal sealed class SoakBackend : IAsyncDisposable
{
    public const string Asked = "X-Asked";
    public const int LongLines = 20;

    private readonly WebApplication server;

    private SoakBackend(WebApplication server) => this.server = server;

    public int Port => new Uri(server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;

    /// <param name="name">Of the backend and of its certificate.</param>
    /// <param name="root">Issues the certificate.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<SoakBackend> StartAsync(string name, TestAuthority root, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var leaf = root.Issue(name);
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(leaf)));
        var server = builder.Build();
        server.Run(context => AnswerAsync(context, name));
        await server.StartAsync(cancellationToken);

        return new SoakBackend(server);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await server.StopAsync(atOnce.Token);
        await server.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, string name)
    {
        if (context.Request.Path != "/long")
        {
            await context.Response.WriteAsync($"{name} {context.Request.Headers[Asked]}", context.RequestAborted);
            return;
        }

        for (var line = 0; line < LongLines; line++)
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{line}\n"), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(150), context.RequestAborted);
        }
    }
}
