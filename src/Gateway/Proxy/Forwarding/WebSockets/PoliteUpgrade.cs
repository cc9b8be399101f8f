using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Portcullis.Gateway.Proxy.Forwarding.WebSockets;

/// <summary>Gives WebSockets, over HTTP/1.1 and over HTTP/2 (RFC 8441), a stream that says goodbye.</summary>
internal static class PoliteUpgrade
{
    private const string WebSocket = "websocket";

    public static bool IsWebSocket(IHttpExtendedConnectFeature? connect) =>
        connect is { IsExtendedConnect: true } && string.Equals(connect.Protocol, WebSocket, StringComparison.OrdinalIgnoreCase);

    public static void Prepare(HttpContext context, CancellationToken ends)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Features.Set<IHttpExtendedConnectFeature>(new OverHttp2(connect, ends));
        }
        else if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && string.Equals(context.Request.Headers.Upgrade, WebSocket, StringComparison.OrdinalIgnoreCase))
        {
            context.Features.Set<IHttpUpgradeFeature>(new OverHttp11(upgrade, ends));
        }
    }

    private sealed class OverHttp11(IHttpUpgradeFeature inner, CancellationToken ends) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => new PoliteStream(await inner.UpgradeAsync().ConfigureAwait(false), ends);
    }

    private sealed class OverHttp2(IHttpExtendedConnectFeature inner, CancellationToken ends) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync() => new PoliteStream(await inner.AcceptAsync().ConfigureAwait(false), ends);
    }
}
