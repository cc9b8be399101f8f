using System.Collections;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Portcullis.Gateway.Proxy.Answers;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Forwarding;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Hosting.Access;

/// <summary>
/// One request and what became of it, as fields for collectors; those that do not apply are left out. Of what a client sends it has method, host and path: a query, a
/// cookie or another header can be a secret (P9).
/// </summary>
internal sealed class AccessEntry : IReadOnlyList<KeyValuePair<string, object?>>
{
    // As nginx writes it; there is none in HTTP for a client that did not wait.
    private const int ClientLeft = 499;

    // Of a line of text: without their names, in their place even when there is none.
    private static readonly string[] Head = ["Client", "Method", "Url", "Protocol", "Status"];

    private readonly List<KeyValuePair<string, object?>> fields = [];

    private AccessEntry()
    {
    }

    /// <summary>Whether the gateway answered itself, the answer broke off, or a backend answered with 5xx.</summary>
    public bool IsFailure { get; private init; }

    public int Count => fields.Count;

    public KeyValuePair<string, object?> this[int index] => fields[index];

    /// <param name="context">Of a request that is done.</param>
    /// <param name="client">Who asked.</param>
    /// <param name="served">How it was answered.</param>
    public static AccessEntry Of(HttpContext context, string client, ServedRequest served)
    {
        var (request, answer) = (context.Request, context.Features.Get<Answer>());
        var forwarded = context.Features.Get<IReverseProxyFeature>() as ForwardedRequest;
        var ended = answer is null && forwarded is { Error: not ForwarderError.None } ? forwarded.Error.ToString() : null;
        var status = StatusOf(context, answer, served);
        var path = PathOf(context);
        var entry = new AccessEntry { IsFailure = answer is not null || ended is not null || status >= StatusCodes.Status500InternalServerError || status == ClientLeft };

        entry.Add("Client", client);
        entry.Add("Method", request.Method);
        entry.Add("Url", UrlOf(request, path));
        entry.Add("Protocol", request.Protocol);
        entry.Add("Status", status);
        entry.Add("Code", answer?.Code);
        entry.Add("Error", answer?.Error);
        entry.Add("Ended", ended);
        entry.Add("Route", context.Features.Get<RouteLoad>()?.Route);
        entry.Add("Backend", forwarded?.Target.Backend.Key.Name);
        entry.Add("Endpoint", forwarded?.Endpoint?.Address.Authority);
        entry.Add("ServerName", forwarded?.Endpoint?.Identity.ServerName);
        entry.Add("BackendPath", forwarded?.SentTarget is { } sent && WithoutQuery(sent) is var asked && asked != path ? asked : null);
        entry.Add("Retries", forwarded?.Retries is { Made: > 0 and var made } ? made : null);
        entry.Add("Bytes", served.Bytes);
        entry.Add("DurationMs", Milliseconds(served.Duration));
        entry.Add("FirstByteMs", served.FirstByte is { } first ? Milliseconds(first) : null);
        entry.Add("Tls", TlsOf(context));
        entry.Add("RequestId", context.TraceIdentifier);
        entry.Add("TraceId", AnswerWriter.TraceOf(context) is var trace && trace != context.TraceIdentifier ? trace : null);

        return entry;
    }

    /// <param name="context">Of a request that the server answered itself; it has what could be read.</param>
    /// <param name="client">Who connected.</param>
    public static AccessEntry OfUnread(HttpContext context, string client)
    {
        var request = context.Request;
        var hasLine = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget is { Length: > 0 };
        var entry = new AccessEntry { IsFailure = true };

        entry.Add("Client", client);
        entry.Add("Method", hasLine ? request.Method : null);
        entry.Add("Url", hasLine ? UrlOf(request, PathOf(context)) : null);
        entry.Add("Protocol", hasLine ? request.Protocol : null);
        entry.Add("Status", context.Response.StatusCode);
        entry.Add("Error", ProxyError.HttpRequestError);
        entry.Add("Tls", TlsOf(context));

        return entry;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString()
    {
        var line = new StringBuilder().AppendJoin(' ', Head.Select(name => fields.Find(field => field.Key == name).Value ?? "-"));
        foreach (var (name, value) in fields.Where(field => !Head.Contains(field.Key)))
        {
            line.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        }

        return line.ToString();
    }

    private static string UrlOf(HttpRequest request, string path) => $"{request.Scheme}://{RequestHost.Of(request)}{path}";

    private static string? TlsOf(HttpContext context) => context.Features.Get<ITlsHandshakeFeature>()?.Protocol.ToString();

    private static int StatusOf(HttpContext context, Answer? answer, ServedRequest served)
    {
        if (answer is null && !context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                return ClientLeft;
            }

            if (served.Threw)
            {
                return StatusCodes.Status500InternalServerError;
            }
        }

        return context.Response.StatusCode;
    }

    // As routes are found by it and backends are asked for it. One that was refused stands as it was written, but for what cannot stand in a line.
    private static string PathOf(HttpContext context)
    {
        if (RequestAdmission.HasPassed(context))
        {
            return RequestTarget.Path(context).ToString();
        }

        var path = WithoutQuery(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

        return path.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 ? path : Uri.EscapeDataString(path);
    }

    private static string WithoutQuery(string target) => target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? target[..query] : target;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    private void Add(string name, object? value)
    {
        if (value is not null)
        {
            fields.Add(new(name, value));
        }
    }
}
