using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Delivery;

namespace Portcullis.Operator.Hosting;

/// <summary>The address at which gateways call: TLS and HTTP/2 only, and little room for a caller that is not known yet.</summary>
internal static class LinkEndpoint
{
    private const int BytesBeforeAuthentication = 64 * 1024;
    private static readonly TimeSpan TimeBeforeAuthentication = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeForLastWords = TimeSpan.FromSeconds(5);

    public static void ListenForGateways(this KestrelServerOptions kestrel, IPEndPoint address, Func<SslServerAuthenticationOptions> certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 1000;
        kestrel.Limits.RequestHeadersTimeout = TimeBeforeAuthentication;
        kestrel.Limits.KeepAliveTimeout = TimeBeforeAuthentication;
        kestrel.Limits.MaxRequestHeadersTotalSize = BytesBeforeAuthentication / 2;

        // What flows before anything is read from the stream is what these windows let in.
        kestrel.Limits.Http2.InitialStreamWindowSize = BytesBeforeAuthentication;
        kestrel.Limits.Http2.InitialConnectionWindowSize = BytesBeforeAuthentication;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 4;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);

        // A slow gateway is dropped by the stream's own write deadline, which says so.
        kestrel.Limits.MinResponseDataRate = null;

        kestrel.ListenAt(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = TimeBeforeAuthentication,
                OnConnection = _ => ValueTask.FromResult(certificate()),
            });
        });
    }

    /// <summary><c>[::]</c> means every address, also on a machine without IPv6.</summary>
    public static void ListenAt(this KestrelServerOptions kestrel, IPEndPoint address, Action<ListenOptions> configure)
    {
        if (address.Address.Equals(IPAddress.IPv6Any))
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
        else
        {
            kestrel.Listen(address, configure);
        }
    }

    /// <summary>Without a cluster: one fleet for as long as the process lives.</summary>
    public static void AddGatewayStream(this IServiceCollection services, FleetHub hub, IGatewayAuthenticator authenticator, DeliveryOptions options)
    {
        services.AddSingleton(hub).AddSingleton(LeadingFleet.Always(hub)).AddSingleton(new Admission(hub.Gateways.Select(name => new AdmittedGateway(name))));
        services.AddSingleton(authenticator);
        services.AddGatewayStream(options);
    }

    /// <summary>Needs a <see cref="LeadingFleet"/>, an <see cref="Admission"/> and an <see cref="IGatewayAuthenticator"/>.</summary>
    public static void AddGatewayStream(this IServiceCollection services, DeliveryOptions options)
    {
        services.AddSingleton(options);

        // A connection whose gateway takes nothing would otherwise hold the end of this process for half a minute.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeForLastWords);
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = WireLimits.MessageBytes;
            grpc.MaxSendMessageSize = WireLimits.MessageBytes;
        });
    }

    /// <summary>On connections with TLS and on no others, whatever else this process listens on.</summary>
    public static void MapGatewayStream(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (context.Features.Get<ITlsHandshakeFeature>() is not null || context.GetEndpoint()?.Metadata.GetMetadata<InClear>() is not null)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        app.MapGrpcService<LinkService>();
    }

    /// <summary>Marks what may be asked without TLS.</summary>
    internal sealed class InClear;
}
