using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Portcullis.TestKit.Backends;

/// <summary>
/// What a <see cref="TlsBackend"/> answers: <c>/echo</c> (the body back), <c>/headers</c> (the request headers as JSON),
/// <c>/download?chunks=&amp;size=&amp;every=</c> (chunks at an interval in milliseconds; without <c>chunks</c> it never ends), <c>/hold</c> (waits until
/// released), <c>/websocket</c> (echo), <c>/grpc</c> (the body back with gRPC trailers), <c>/status?code=</c>, <c>/fields?name=value</c> (these header
/// fields), <c>/redirect?to=</c>, <c>/abort</c> (resets the connection), <c>/truncate</c> (resets it in the middle of the answer); anything else gets who answered and what was asked, as JSON.
/// </summary>
internal sealed class BackendEndpoints(string name, CancellationToken stopping)
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => released.TrySetResult();

    public Task AnswerAsync(HttpContext context, RecordedRequest request) => context.Request.Path.Value switch
    {
        "/echo" => EchoAsync(context),
        "/headers" => context.Response.WriteAsJsonAsync(request.Headers, context.RequestAborted),
        "/download" => DownloadAsync(context),
        "/hold" => HoldAsync(context, request),
        "/websocket" => WebSocketAsync(context),
        "/grpc" => GrpcAsync(context),
        "/status" => StatusAsync(context),
        "/fields" => FieldsAsync(context),
        "/redirect" => RedirectAsync(context),
        "/abort" => AbortAsync(context),
        "/truncate" => TruncateAsync(context),
        _ => IntroduceAsync(context, request),
    };

    private Task IntroduceAsync(HttpContext context, RecordedRequest request) => context.Response.WriteAsJsonAsync(
        new BackendAnswer(name, request.Host, request.Target, request.ServerName, request.Protocol), JsonSerializerOptions.Web, context.RequestAborted);

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType ?? "application/octet-stream";
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task DownloadAsync(HttpContext context)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        var chunks = Number(context, "chunks", int.MaxValue);
        var every = TimeSpan.FromMilliseconds(Number(context, "every", 0));
        var chunk = new byte[Number(context, "size", 1024)];

        context.Response.ContentType = "application/octet-stream";
        await context.Response.StartAsync(ends.Token).ConfigureAwait(false);
        for (var sent = 0; sent < chunks && !ends.IsCancellationRequested; sent++)
        {
            await context.Response.Body.WriteAsync(chunk, ends.Token).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
            await Task.Delay(every, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task HoldAsync(HttpContext context, RecordedRequest request)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        await released.Task.WaitAsync(ends.Token).ConfigureAwait(false);
        await IntroduceAsync(context, request).ConfigureAwait(false);
    }

    private async Task WebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        try
        {
            await EchoAsync(socket, ends.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The other end is gone or the backend stops: nothing is left to echo.
            context.Abort();
        }
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
        while (received.MessageType != WebSocketMessageType.Close)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken).ConfigureAwait(false);
            received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
    }

    private static async Task GrpcAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static Task StatusAsync(HttpContext context)
    {
        context.Response.StatusCode = Number(context, "code", StatusCodes.Status200OK);
        return Task.CompletedTask;
    }

    private static Task FieldsAsync(HttpContext context)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            context.Response.Headers[name] = values;
        }

        return Task.CompletedTask;
    }

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Redirect(context.Request.Query["to"].ToString());
        return Task.CompletedTask;
    }

    private static Task AbortAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        return Task.CompletedTask;
    }

    private static async Task TruncateAsync(HttpContext context)
    {
        await context.Response.Body.WriteAsync(new byte[1024], context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        await AbortAsync(context).ConfigureAwait(false);
    }

    private static int Number(HttpContext context, string parameter, int otherwise) =>
        int.TryParse(context.Request.Query[parameter], CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
