using System.CommandLine;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy;
using Portcullis.Hosting;

namespace Portcullis.Gateway.Hosting;

/// <summary>Those options of <c>gateway run</c> that say what clients may take.</summary>
internal sealed class LimitOptions
{
    private static readonly FrontLimits Defaults = new();
    private static readonly RequestLimits RequestDefaults = new();

    private readonly Option<long> connections = Count(
        "--max-connections", Defaults.Connections, "Clients' connections at one time. One more takes the place of one that asks for nothing.");

    private readonly Option<long> connectionsPerClient = Count(
        "--max-connections-per-client", Defaults.ConnectionsPerClient, "Of them, those of one client: an IPv4 address or an IPv6 /64. Those of --trusted-proxy are not counted.");

    private readonly Option<long> handshakes = Count(
        "--max-handshakes", Defaults.Handshakes, "Of them, those in a TLS handshake. One more takes the place of the one that is slowest.");

    private readonly Option<TimeSpan> handshakeTimeout = Duration("--handshake-timeout", "10s", Defaults.HandshakeTimeout, "How long a TLS handshake may take.");

    private readonly Option<TimeSpan> headerTimeout = Duration(
        "--header-timeout", "10s", Defaults.HeaderTimeout, "How long a client may take for a request line and its headers.");

    private readonly Option<TimeSpan> keepAlive = Duration("--keep-alive", "60s", Defaults.KeepAlive, "How long a connection without a request stays open.");

    private readonly Option<long> headerBytes = Count("--max-header-bytes", Defaults.HeaderBytes, "Of one request's headers together.");

    private readonly Option<long> headers = Count("--max-headers", Defaults.Headers, "Of one request.");

    private readonly Option<long> requestLine = Count("--max-request-line", Defaults.RequestLineBytes, "Bytes of method, target and version.");

    private readonly Option<long> minimumRate = Count(
        "--min-rate", Defaults.MinimumRate, "Bytes a second that a client must send of a body and take of a response, after 5 s; WebSockets are not held to it.");

    private readonly Option<long> streams = Count("--max-streams", Defaults.Streams, "Requests at one time on one HTTP/2 connection.");

    private readonly Option<long> controlFrames = Count(
        "--max-control-frames", Defaults.ControlFrames, "Pings, settings and the like that one HTTP/2 connection may send in a second before it is ended.");

    private readonly Option<long> requests = Count(
        "--max-requests", RequestDefaults.All, "Forwarded requests at one time, WebSockets among them; more are answered 503.");

    private readonly Option<long> requestsPerRoute = Count(
        "--max-requests-per-route", RequestDefaults.PerRoute, "Of them, those of one route: one whose backends hang leaves room for the others.");

    private readonly Option<long> requestsPerClient = Count(
        "--max-requests-per-client", RequestDefaults.PerClient, "Of them, those of one client; more are answered 429. Behind --trusted-proxy the client is whom the proxy names.");

    private readonly Option<Counted?> requestRate = OptionOf.Optional<Counted>(
        "--max-request-rate-per-client", "a number up to 1000000", "200", "Requests a second of one client; more are answered 429. No limit by default.", Counted.TryParse);

    private readonly Option<Counted?> body = OptionOf.Optional<Counted>(
        "--max-body-bytes", "a number up to 1000000000000", "10485760", "Of one request's body; more is answered 413. No limit by default: bodies pass through.", Counted.TryParseBytes);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            connections, connectionsPerClient, handshakes, handshakeTimeout, headerTimeout, keepAlive, headerBytes, headers, requestLine, minimumRate, streams, controlFrames,
            requests, requestsPerRoute, requestsPerClient, requestRate, body,
        })
        {
            command.Options.Add(option);
        }
    }

    public FrontLimits Front(ParseResult parsed) => new()
    {
        Connections = parsed.GetValue(connections),
        ConnectionsPerClient = parsed.GetValue(connectionsPerClient),
        Handshakes = parsed.GetValue(handshakes),
        HandshakeTimeout = parsed.GetValue(handshakeTimeout),
        HeaderTimeout = parsed.GetValue(headerTimeout),
        KeepAlive = parsed.GetValue(keepAlive),
        HeaderBytes = parsed.GetValue(headerBytes),
        Headers = parsed.GetValue(headers),
        RequestLineBytes = parsed.GetValue(requestLine),
        MinimumRate = parsed.GetValue(minimumRate),
        Streams = parsed.GetValue(streams),
        ControlFrames = parsed.GetValue(controlFrames),
    };

    public RequestLimits Requests(ParseResult parsed) => new()
    {
        All = parsed.GetValue(requests),
        PerRoute = parsed.GetValue(requestsPerRoute),
        PerClient = parsed.GetValue(requestsPerClient),
        RatePerClient = parsed.GetValue(requestRate)?.Value,
        BodyBytes = parsed.GetValue(body)?.Value,
    };

    private static Option<long> Count(string name, long byDefault, string description) =>
        OptionOf.One<long>(name, "a number up to 1000000", byDefault.ToString(System.Globalization.CultureInfo.InvariantCulture), description, OptionText.TryParseCount, byDefault);

    private static Option<TimeSpan> Duration(string name, string example, TimeSpan byDefault, string description) =>
        OptionOf.One<TimeSpan>(name, "a duration of at least 1 s", example, description, OptionText.TryParseLimit, byDefault);
}
