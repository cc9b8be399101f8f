using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>The listening part: TLS on one port, every connection known so that it can be cut. It goes in an outage; what it serves stays.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, ConnectionContext> connections = new(StringComparer.Ordinal);

    public ApiHost(int port, X509Certificate2 certificate, int streamsPerConnection, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxConcurrentConnections = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = streamsPerConnection;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(next => connection => TrackAsync(connection, next));
                listen.UseHttps(certificate);
            });
        });
        application = builder.Build();
        application.Run(answer);
    }

    public int OpenConnections => connections.Count;

    public Task StartAsync(CancellationToken cancellationToken) => application.StartAsync(cancellationToken);

    /// <summary>Resets every connection.</summary>
    public void CutConnections()
    {
        foreach (var connection in connections.Values)
        {
            connection.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        CutConnections();
        await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    private async Task TrackAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connections[connection.ConnectionId] = connection;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connections.TryRemove(connection.ConnectionId, out _);
        }
    }
}
