using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Net.Http.Headers;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>HTTPS towards clients: HTTP/1.1 and HTTP/2 over TLS 1.2 and 1.3, with limits that a public address needs.</summary>
internal static class FrontListeners
{
    // Held for each request whose backend reads more slowly than its client sends; with the defaults of the server, a few hundred uploads would be 1 GiB.
    private const int UploadBuffer = 128 * 1024;

    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A bare line feed ends a line for Kestrel unless told otherwise; for others on the way it does not, and requests are smuggled through such
    /// differences. The switch is the process's, so it is set before the first server.
    /// </summary>
    public static void DemandCompleteLineEnds() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    /// <param name="kestrel">Configured in place.</param>
    /// <param name="https">Addresses for TLS.</param>
    /// <param name="http">Addresses without.</param>
    /// <param name="limits">Over all of them.</param>
    /// <param name="admission">Lets connections in.</param>
    /// <param name="certificates">Asked in every handshake.</param>
    public static void Configure(
        KestrelServerOptions kestrel,
        ImmutableArray<ListenAddress> https,
        ImmutableArray<ListenAddress> http,
        FrontLimits limits,
        ConnectionAdmission admission,
        FrontCertificates certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        PassHeaderBytes(kestrel);
        SetLimits(kestrel.Limits, limits);

        foreach (var address in https)
        {
            Listen(kestrel, address, listen => UseTls(listen, limits, admission, certificates));
        }

        foreach (var address in http)
        {
            Listen(kestrel, address, listen => UsePlainHttp(listen, admission));
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

    private static void UsePlainHttp(ListenOptions listen, ConnectionAdmission admission)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => admission.AdmitAsync(connection, next));
    }

    private static void UseTls(ListenOptions listen, FrontLimits limits, ConnectionAdmission admission, FrontCertificates certificates)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;

        // Before TLS: whoever is one too many costs no handshake.
        listen.Use(next => connection => admission.AdmitAsync(connection, next));
        listen.Use(next => connection => admission.BeginHandshakeAsync(connection, next));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake =>
            {
                admission.Hear(handshake.Connection);
                return ValueTask.FromResult(Shown(handshake, certificates).Options);
            },
            HandshakeTimeout = limits.HandshakeTimeout,
        });
        listen.Use(next => connection => admission.EndHandshakeAsync(connection, next));
    }

    /// <summary>The connection remembers what was shown for a name: requests for a host that it is not for are misdirected.</summary>
    private static ShownCertificate Shown(TlsHandshakeCallbackContext handshake, FrontCertificates certificates)
    {
        if (handshake.ClientHelloInfo.ServerName is not { Length: > 0 } name)
        {
            return certificates.Table.Default;
        }

        var shown = certificates.Table.Find(AsSent(name).AsSpan().TrimEnd('.'));
        handshake.Connection.Features.Set(shown);
        return shown;
    }

    // The platform puts letters in the place of xn--, where certificates have what is sent.
    private static string AsSent(string serverName)
    {
        try
        {
            return Ascii.IsValid(serverName) ? serverName : new IdnMapping().GetAscii(serverName);
        }
        catch (ArgumentException)
        {
            // Sent with such letters, which no host name has.
            return serverName;
        }
    }

    private static void SetLimits(KestrelServerLimits server, FrontLimits limits)
    {
        // Places are given out by the admission; one that was ended for another still counts here until it is gone.
        server.MaxConcurrentConnections = limits.Connections * 2;
        server.MaxConcurrentUpgradedConnections = limits.Connections;
        server.RequestHeadersTimeout = limits.HeaderTimeout;
        server.KeepAliveTimeout = limits.KeepAlive;
        server.MaxRequestLineSize = (int)Math.Max(limits.RequestLineBytes, limits.HeaderBytes);
        server.MaxRequestHeadersTotalSize = (int)limits.HeaderBytes;
        server.MaxRequestHeaderCount = (int)limits.Headers;
        server.MaxRequestBufferSize = Math.Max(UploadBuffer, Math.Max(limits.RequestLineBytes, limits.HeaderBytes));

        // Bodies are streamed, never held: how large one may be is for the backend to say. A sender that crawls is still cut off.
        server.MaxRequestBodySize = null;
        server.MinRequestBodyDataRate = new MinDataRate(limits.MinimumRate, SlowStart);
        server.MinResponseDataRate = new MinDataRate(limits.MinimumRate, SlowStart);

        server.Http2.MaxStreamsPerConnection = (int)limits.Streams;
        server.Http2.InitialConnectionWindowSize = UploadBuffer * 2;
        server.Http2.InitialStreamWindowSize = UploadBuffer;
        server.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        server.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    }
}
