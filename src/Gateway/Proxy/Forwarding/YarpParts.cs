using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>
/// What is used of YARP: forwarder and load balancing. They live in a container of their own, because YARP registers much more
/// (its configuration, CORS, authorization, data protection with keys on disk) that must not start with the gateway.
/// </summary>
internal sealed class YarpParts : IDisposable
{
    private readonly ServiceProvider services;

    public YarpParts(TimeProvider time)
    {
        services = new ServiceCollection()
            .AddSingleton(time)

            // YARP writes a line or two for each request; failures are answered and logged by the dispatch, with their verdict.
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddReverseProxy().Services
            .BuildServiceProvider();
        Forwarder = services.GetRequiredService<IHttpForwarder>();
        Destinations = services.GetRequiredService<IClusterDestinationsUpdater>();
        Listeners = [.. services.GetServices<IClusterChangeListener>()];
    }

    public IHttpForwarder Forwarder { get; }

    public IClusterDestinationsUpdater Destinations { get; }

    public IReadOnlyList<IClusterChangeListener> Listeners { get; }

    /// <summary>YARP's load balancing before <paramref name="send"/>.</summary>
    public RequestDelegate Pipeline(RequestDelegate send)
    {
        var pipeline = new ReverseProxyApplicationBuilder(new ApplicationBuilder(services));
        pipeline.UseLoadBalancing();
        pipeline.Run(send);

        return pipeline.Build();
    }

    public void Dispose() => services.Dispose();
}
