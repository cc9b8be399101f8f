using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Answers;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>Lets a request be forwarded when its client, its route and all together have fewer under way than they may have.</summary>
internal sealed partial class RequestPlaces : IDisposable
{
    private readonly RequestLimits limits;
    private readonly ForwardedHeaders forwarded;
    private readonly ILogger logger;
    private readonly ClientCounts clients;
    private readonly RouteLoad all = new("");
    private readonly PartitionedRateLimiter<UInt128>? rate;
    private readonly Seldom clientTold;
    private readonly Seldom routeTold;
    private readonly Seldom allTold;

    public RequestPlaces(ProxyOptions options, TimeProvider time, ILogger logger)
    {
        this.logger = logger;
        limits = options.Requests;
        forwarded = new ForwardedHeaders(options.TrustedProxies);
        clients = new ClientCounts(limits.PerClient);
        rate = limits.RatePerClient is { } perSecond ? Rate((int)perSecond) : null;
        (clientTold, routeTold, allTold) = (new Seldom(time), new Seldom(time), new Seldom(time));
    }

    /// <summary>Null when it has its place, which is to be left in the end.</summary>
    public Answer? TryTake(HttpContext context, RouteLoad route, out RequestPlace place)
    {
        UInt128? client = forwarded.ClientOf(context) is { } address ? ClientCounts.Client(address) : null;
        place = new RequestPlace(route, client);

        if (client is { } known && rate is not null && !rate.AttemptAcquire(known).IsAcquired)
        {
            TellOfClient(context);
            return Answer.ClientTooFast;
        }

        if (client is { } counted && !clients.TryEnter(counted))
        {
            TellOfClient(context);
            return Answer.ClientTooBusy;
        }

        if (!route.TryEnter(limits.PerRoute))
        {
            LeaveClient(place);
            TellOfRoute(route);
            return Answer.RouteTooBusy;
        }

        if (!all.TryEnter(limits.All))
        {
            route.Leave();
            LeaveClient(place);
            TellOfAll();
            return Answer.GatewayTooBusy;
        }

        return null;
    }

    public void Leave(RequestPlace place)
    {
        all.Leave();
        place.Route.Leave();
        LeaveClient(place);
    }

    public void Dispose() => rate?.Dispose();

    // A second's worth may come at once.
    private static PartitionedRateLimiter<UInt128> Rate(int perSecond) => PartitionedRateLimiter.Create<UInt128, UInt128>(client =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    private void LeaveClient(RequestPlace place)
    {
        if (place.Client is { } client)
        {
            clients.Leave(client);
        }
    }

    private void TellOfClient(HttpContext context)
    {
        if (clientTold.IsTime())
        {
            Log.ClientFull(logger, forwarded.ClientOf(context));
        }
    }

    private void TellOfRoute(RouteLoad route)
    {
        if (routeTold.IsTime())
        {
            Log.RouteFull(logger, route.Route, limits.PerRoute);
        }
    }

    private void TellOfAll()
    {
        if (allTold.IsTime())
        {
            Log.AllFull(logger, limits.All);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} asks for more than one client may have at one time or in a second; it is answered 429. If it is a proxy of yours, name it with --trusted-proxy; else raise --max-requests-per-client or --max-request-rate-per-client.")]
        public static partial void ClientFull(ILogger logger, System.Net.IPAddress? client);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Route {Route} has {Maximum} requests under way, as many as one route may have; further ones are answered 503. Look whether its backends answer; else raise --max-requests-per-route.")]
        public static partial void RouteFull(ILogger logger, string route, long maximum);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Maximum} requests are under way, as many as this gateway may have; further ones are answered 503. Start more gateways, or raise --max-requests where there is memory for them.")]
        public static partial void AllFull(ILogger logger, long maximum);
    }
}
