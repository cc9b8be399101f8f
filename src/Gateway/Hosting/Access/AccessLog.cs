using System.Threading.Channels;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Hosting.Access;

/// <summary>
/// A line a request. Requests never wait for whoever reads the lines: they are written by a task of their own, and those that come faster than they can be written are
/// counted and dropped.
/// </summary>
internal sealed partial class AccessLog(AccessLogMode mode, ForwardedHeaders forwarded, TimeProvider time, ILogger<AccessLog> logger) : IHostedService
{
    private const int MostWaiting = 8_192;

    private static readonly EventId Request = new(1, nameof(Request));

    private readonly Channel<AccessEntry> entries = Channel.CreateBounded<AccessEntry>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private Task writing = Task.CompletedTask;
    private long dropped;

    public async Task RecordAsync(HttpContext context, RequestDelegate serve)
    {
        var served = ServedRequest.Begin(context, time);
        var threw = true;
        try
        {
            await serve(context).ConfigureAwait(false);
            threw = false;
        }
        finally
        {
            served.End(context, threw);
            Keep(AccessEntry.Of(context, ClientOf(context), served));
        }
    }

    /// <summary>A request that the server could not read and answered itself, unless it was served as far as it could be read.</summary>
    public void RecordUnread(HttpContext context)
    {
        if (context.Features.Get<ServedRequest>() is null)
        {
            Keep(AccessEntry.OfUnread(context, ClientOf(context)));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A task of its own: writing waits, without a thread to spare, for whoever reads standard output.
        writing = Task.Factory.StartNew(WriteAsync, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        return Task.CompletedTask;
    }

    /// <summary>After the last request; what was kept is still written.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        entries.Writer.TryComplete();
        return writing.WaitAsync(cancellationToken);
    }

    // Before a request is admitted, even a listed proxy may carry what a client made up.
    private string ClientOf(HttpContext context) =>
        ForwardedNode.Of(RequestAdmission.HasPassed(context) ? forwarded.ClientOf(context) : context.Connection.RemoteIpAddress).Text;

    private void Keep(AccessEntry entry)
    {
        if ((mode == AccessLogMode.All || entry.IsFailure) && !entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref dropped);
        }
    }

    private async Task WriteAsync()
    {
        await foreach (var entry in entries.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            logger.Log(LogLevel.Information, Request, entry, null, static (line, _) => line.ToString());
            if (Interlocked.Exchange(ref dropped, 0) is > 0 and var number)
            {
                Log.Dropped(logger, number);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Number} requests were served and not logged: lines come faster than standard output takes them. --access-log failures writes fewer.")]
        public static partial void Dropped(ILogger logger, long number);
    }
}
