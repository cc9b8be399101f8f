using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Ends HTTP/2 connections that send more frames than they need. The server answers pings and settings without number and opens windows byte by byte, and each costs more
/// than the client spends on it; what opens and resets streams is bounded by the server itself.
/// </summary>
internal sealed partial class ControlFrames(long perSecond, TimeProvider time, ILogger<ControlFrames> logger)
{
    /// <summary>For the server to say goodbye and the client to read it; who floods may do neither.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Seldom seldom = new(time);

    /// <summary>To be used behind TLS.</summary>
    public Task LimitAsync(ConnectionContext connection, ConnectionDelegate next) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true
            ? LimitedAsync(connection, next)
            : next(connection);

    private async Task LimitedAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var farewell = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var cut = farewell.Token.UnsafeRegister(
            static ended => ((ConnectionContext)ended!).Abort(new ConnectionAbortedException("The connection sent more control frames than one may.")), connection);
        var account = new FrameAccount(new FrameBudget(perSecond, time));
        var transport = connection.Transport;
        var input = new CountingReader(transport.Input, account, TooMany);
        connection.Transport = new LimitedPipe(input, new FarewellWriter(transport.Output, account));
        await next(connection).ConfigureAwait(false);
        if (account.IsOverdrawn)
        {
            await input.DrainAsync(farewell.Token).ConfigureAwait(false);
        }

        void TooMany()
        {
            if (seldom.IsTime())
            {
                Log.TooMany(logger, connection.RemoteEndPoint, perSecond);
            }

            farewell.CancelAfter(Farewell);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} sent more than {PerSecond} HTTP/2 control frames a second; its connection was ended. Should a good client need more, raise --max-control-frames.")]
        public static partial void TooMany(ILogger logger, System.Net.EndPoint? client, long perSecond);
    }
}
