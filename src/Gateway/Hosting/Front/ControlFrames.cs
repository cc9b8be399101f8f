using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Ends HTTP/2 connections that send more frames than they need. The server answers pings and settings without number, and each costs more than the
/// client spends on it; what opens and resets streams is bounded by the server itself.
/// </summary>
internal sealed partial class ControlFrames(long perSecond, TimeProvider time, ILogger<ControlFrames> logger)
{
    private readonly Seldom seldom = new(time);

    /// <summary>To be used behind TLS.</summary>
    public Task LimitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true)
        {
            var budget = new FrameBudget(perSecond, time);
            connection.Transport = new LimitedPipe(connection.Transport, new CountingReader(connection.Transport.Input, budget, () => End(connection)));
        }

        return next(connection);
    }

    private void End(ConnectionContext connection)
    {
        if (seldom.IsTime())
        {
            Log.TooMany(logger, connection.RemoteEndPoint, perSecond);
        }

        connection.Abort(new ConnectionAbortedException("The connection sent more control frames than one may."));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} sent more than {PerSecond} HTTP/2 control frames a second; its connection was ended. Should a good client need more, raise --max-control-frames.")]
        public static partial void TooMany(ILogger logger, System.Net.EndPoint? client, long perSecond);
    }
}
