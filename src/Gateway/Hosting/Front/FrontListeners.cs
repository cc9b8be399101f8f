using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Net.Http.Headers;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>HTTPS towards clients: HTTP/1.1 and HTTP/2 over TLS 1.2 and 1.3, with limits that a public address needs.</summary>
internal static class FrontListeners
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A bare line feed ends a line for Kestrel unless told otherwise; for others on the way it does not, and requests are smuggled through such
    /// differences. The switch is the process's, so it is set before the first server.
    /// </summary>
    public static void DemandCompleteLineEnds() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    /// <param name="kestrel">Configured in place.</param>
    /// <param name="https">Addresses for TLS.</param>
    /// <param name="http">Addresses without.</param>
    /// <param name="maximumConnections">Over all of them.</param>
    /// <param name="clients">Counts those of each client.</param>
    /// <param name="certificates">Asked in every handshake.</param>
    public static void Configure(
        KestrelServerOptions kestrel,
        ImmutableArray<ListenAddress> https,
        ImmutableArray<ListenAddress> http,
        long maximumConnections,
        ClientConnections clients,
        FrontCertificates certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        PassHeaderBytes(kestrel);
        SetLimits(kestrel.Limits, maximumConnections);

        foreach (var address in https)
        {
            Listen(kestrel, address, listen => UseTls(listen, clients, certificates));
        }

        foreach (var address in http)
        {
            Listen(kestrel, address, listen => UsePlainHttp(listen, clients));
        }
    }

    /// <summary>Names of files and of people come in whatever encoding their backend chose: header values pass as the bytes they are.</summary>
    public static void PassHeaderBytes(KestrelServerOptions kestrel)
    {
        kestrel.RequestHeaderEncodingSelector = name => name == HeaderNames.Connection ? ConnectionEncoding.Instance : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
    }

    public static void Listen(KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.Address is { } ip)
        {
            kestrel.Listen(ip, address.Port, configure);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
    }

    private static void UsePlainHttp(ListenOptions listen, ClientConnections clients)
    {
        listen.Protocols = HttpProtocols.Http1;
        Count(listen, clients);
    }

    private static void Count(ListenOptions listen, ClientConnections clients) => listen.Use(next => connection => clients.CountAsync(connection, next));

    private static void UseTls(ListenOptions listen, ClientConnections clients, FrontCertificates certificates)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;

        // Before TLS: whoever is one too many costs no handshake.
        Count(listen, clients);
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake => ValueTask.FromResult(Shown(handshake, certificates).Options),
            HandshakeTimeout = HandshakeTimeout,
        });
    }

    /// <summary>The connection remembers it: requests for a host that it is not for are misdirected.</summary>
    private static ShownCertificate Shown(TlsHandshakeCallbackContext handshake, FrontCertificates certificates)
    {
        var table = certificates.Table;
        var shown = handshake.ClientHelloInfo.ServerName is { Length: > 0 } name ? table.Find(name.AsSpan().TrimEnd('.')) : table.Default;
        handshake.Connection.Features.Set(shown);
        return shown;
    }

    private static void SetLimits(KestrelServerLimits limits, long maximumConnections)
    {
        limits.MaxConcurrentConnections = maximumConnections;
        limits.MaxConcurrentUpgradedConnections = maximumConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 100;

        // Bodies are streamed, never held: how large one may be is for the backend to say. A sender that crawls is still cut off.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    }
}
