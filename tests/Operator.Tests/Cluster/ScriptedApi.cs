using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portcullis.Operator.Cluster;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Cluster;

/// <summary>An HTTPS server that answers word for word what a test writes; for what no API server would say.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly WebApplication application;
    private volatile X509Certificate2 certificate;

    private ScriptedApi(X509Certificate2 certificate, RequestDelegate answer, X509Certificate2? client)
    {
        this.certificate = certificate;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => connection =>
            {
                Connections.Add(connection.ConnectionId);
                return next(connection);
            });
            listen.UseHttps(https =>
            {
                https.ServerCertificateSelector = (_, _) => this.certificate;
                https.ClientCertificateMode = client is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (shown, _, _) => shown.RawData.AsSpan().SequenceEqual(client!.RawData);
            });
        }));

        application = builder.Build();
        application.Run(context =>
        {
            Requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            Authorizations.Add(context.Request.Headers.Authorization.ToString());
            return answer(context);
        });
    }

    public Journal<string> Requests { get; } = new();

    /// <summary>What each request showed.</summary>
    public Journal<string> Authorizations { get; } = new();

    public Journal<string> Connections { get; } = new();

    public Uri Address { get; private set; } = new("https://localhost");

    public static async Task<ScriptedApi> StartAsync(X509Certificate2 certificate, RequestDelegate answer, CancellationToken cancellationToken, X509Certificate2? client = null)
    {
        var api = new ScriptedApi(certificate, answer, client);
        await api.application.StartAsync(cancellationToken);
        var bound = api.application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        api.Address = new Uri($"https://localhost:{BindingAddress.Parse(bound).Port}");

        return api;
    }

    /// <summary>For new connections.</summary>
    public void Present(X509Certificate2 next) => certificate = next;

    public ApiServerAddress VerifiedBy(TestAuthority authority) => new() { Address = Address, CaPem = authority.Pem };

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    /// <summary>Answers with these bytes as a body.</summary>
    public static Task Answer(HttpContext context, string body, int status = 200)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Sends these bytes now, and keeps the answer open until the client goes.</summary>
    public static async Task AnswerAndHold(HttpContext context, string body)
    {
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Hold(context);
    }

    /// <summary>Says nothing until the client goes.</summary>
    public static async Task Hold(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }
}
