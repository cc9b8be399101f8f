using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// A response over HTTP/1.1 to a client that takes trailers (<c>TE: trailers</c>; RFC 9110, 6.5). The server has trailers for HTTP/2 only, and leaves the chunks of a response
/// (RFC 9112, 7.1) to whoever names their coding, which is done here for responses without a length.
/// </summary>
internal sealed class TrailedBody : PipeWriter, IHttpResponseBodyFeature, IHttpResponseTrailersFeature
{
    private static readonly SearchValues<char> Control = SearchValues.Create(['\0', '\r', '\n']);

    private readonly HttpContext context;
    private readonly IHttpResponseBodyFeature server;
    private readonly ArrayBufferWriter<byte> pending = new();
    private bool isChunked;
    private bool hasBegun;
    private bool hasEnded;

    private TrailedBody(HttpContext context)
    {
        this.context = context;
        server = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        Stream = AsStream(leaveOpen: true);
    }

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public Stream Stream { get; }

    public PipeWriter Writer => this;

    public static Task ServeAsync(HttpContext context, RequestDelegate serve) => IsAskedFor(context.Request) ? new TrailedBody(context).ServeAsync(serve) : serve(context);

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!hasBegun)
        {
            Begin();
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        if (pending.WrittenCount > 0)
        {
            Pass();
            pending.ResetWrittenCount();
        }

        return await server.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task CompleteAsync()
    {
        await EndAsync().ConfigureAwait(false);
        await server.CompleteAsync().ConfigureAwait(false);
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public void DisableBuffering() => server.DisableBuffering();

    public override void Advance(int bytes) => pending.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => pending.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => pending.GetSpan(sizeHint);

    public override void CancelPendingFlush() => server.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => server.Writer.Complete(exception);

    private static bool IsAskedFor(HttpRequest request) =>
        request.Headers.TE.Count > 0
        && HttpProtocol.IsHttp11(request.Protocol)
        && !HttpMethods.IsHead(request.Method)
        && request.Headers.GetCommaSeparatedValues("TE").Contains("trailers", StringComparer.OrdinalIgnoreCase);

    private async Task ServeAsync(RequestDelegate serve)
    {
        context.Features.Set<IHttpResponseBodyFeature>(this);
        context.Features.Set<IHttpResponseTrailersFeature>(this);
        await serve(context).ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    private void Begin()
    {
        hasBegun = true;
        var response = context.Response;
        isChunked = response is { HasStarted: false, ContentLength: null, StatusCode: >= 200 and not (204 or 205 or 304) };
        if (isChunked)
        {
            response.Headers.TransferEncoding = "chunked";
        }
    }

    private void Pass()
    {
        if (isChunked)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"{pending.WrittenCount:x}\r\n"));
        }

        server.Writer.Write(pending.WrittenSpan);
        if (isChunked)
        {
            Say("\r\n");
        }
    }

    // What never began has no body: the server says so.
    private async Task EndAsync()
    {
        if (hasEnded || (!hasBegun && pending.WrittenCount == 0 && Trailers.Count == 0))
        {
            return;
        }

        hasEnded = true;
        await FlushAsync().ConfigureAwait(false);
        if (!isChunked)
        {
            return;
        }

        Say("0\r\n");
        foreach (var (name, values) in Trailers)
        {
            foreach (var value in values)
            {
                if (HeaderField.IsName(name) && value.AsSpan().IndexOfAny(Control) < 0)
                {
                    Say($"{name}: {value}\r\n");
                }
            }
        }

        Say("\r\n");
        await server.Writer.FlushAsync().ConfigureAwait(false);
    }

    private void Say(string text) => Encoding.Latin1.GetBytes(text, server.Writer);
}
