using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>What each connection passes on its way in, the cheapest first: its client's share, a place, a place among the handshakes, and behind TLS the limit of frames.</summary>
internal sealed class ConnectionAdmission(FrontLimits limits, ImmutableArray<IPNetwork> trustedProxies, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ControlFrames frames = new(limits.ControlFrames, time, loggers.CreateLogger<ControlFrames>());

    public ClientConnections Clients { get; } = new(limits.ConnectionsPerClient, trustedProxies, time, loggers.CreateLogger<ClientConnections>());

    public ConnectionPlaces Places { get; } = new(limits.Connections, "--max-connections", time, loggers.CreateLogger<ConnectionPlaces>());

    public ConnectionPlaces Handshakes { get; } = new(limits.Handshakes, "--max-handshakes", time, loggers.CreateLogger<ConnectionPlaces>());

    public Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next) =>
        Clients.CountAsync(connection, counted => InAPlaceAsync(counted, Places, static (admitted, place) => admitted.Features.Set(place), next));

    /// <summary>Between the two is TLS.</summary>
    public Task BeginHandshakeAsync(ConnectionContext connection, ConnectionDelegate next) =>
        InAPlaceAsync(connection, Handshakes, static (admitted, place) => admitted.Features.Set(new HandshakePlace(place)), next);

    /// <summary>The client has said for whom it comes; what is left of the handshake is mostly ours to do.</summary>
    public void Hear(ConnectionContext connection)
    {
        var now = time.GetTimestamp();
        connection.Features.Get<HandshakePlace>()?.Place.Progresses(now);
        connection.Features.Get<ConnectionPlace>()?.Progresses(now);
    }

    public Task EndHandshakeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Features.Get<ConnectionPlace>()?.Progresses(time.GetTimestamp());
        if (connection.Features.Get<HandshakePlace>() is { } handshake)
        {
            Handshakes.Leave(handshake.Place);
        }

        return frames.LimitAsync(connection, next);
    }

    /// <summary>A connection with a request under way keeps its place.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate serve)
    {
        var place = context.Features.Get<ConnectionPlace>();
        place?.RequestStarts();
        try
        {
            await serve(context).ConfigureAwait(false);
        }
        finally
        {
            place?.RequestEnds(time.GetTimestamp());
        }
    }

    private static async Task InAPlaceAsync(ConnectionContext connection, ConnectionPlaces places, Action<ConnectionContext, ConnectionPlace> remember, ConnectionDelegate next)
    {
        if (places.TryTake(connection) is not { } place)
        {
            connection.Abort(new ConnectionAbortedException("Every place is taken by a connection with a request under way."));
            return;
        }

        remember(connection, place);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            places.Leave(place);
        }
    }
}
