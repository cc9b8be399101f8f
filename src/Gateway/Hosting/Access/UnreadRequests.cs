using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Portcullis.Gateway.Hosting.Access;

/// <summary>Tells the access log of requests that the server could not read and answered itself: nobody else hears of them.</summary>
internal sealed class UnreadRequests(DiagnosticListener server, AccessLog log) : IHostedService, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        subscription = server.Subscribe(this, static told => told == BadRequest);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection request)
        {
            log.RecordUnread(new DefaultHttpContext(request));
        }
    }

    public void OnCompleted()
    {
        // The server is gone, and its requests with it.
    }

    public void OnError(Exception error)
    {
        // What tells of requests does not fail.
    }

    public void Dispose() => subscription?.Dispose();
}
