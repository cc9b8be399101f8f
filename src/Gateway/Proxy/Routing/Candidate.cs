using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>One match of one rule, with what decides its place among others.</summary>
internal sealed record Candidate(RouteMatch Match, DateTimeOffset Created, ResourceKey Route, int Order, CompiledRule Rule)
{
    /// <summary>Whether everything but the path holds; the path is looked up, not compared.</summary>
    public bool Takes(HttpRequest request) => TakesMethod(request) && TakesHeaders(request) && TakesQuery(request);

    private bool TakesMethod(HttpRequest request) =>
        Match.Method is null
        || string.Equals(Match.Method, request.Method, StringComparison.Ordinal)
        || (HttpMethods.IsGet(Match.Method) && IsExtendedConnect(request));

    // A WebSocket that begins with GET over HTTP/1.1 begins with an extended CONNECT over HTTP/2 (RFC 8441). Which of them a browser takes is its own affair.
    private static bool IsExtendedConnect(HttpRequest request) =>
        HttpMethods.IsConnect(request.Method) && request.HttpContext.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private bool TakesHeaders(HttpRequest request)
    {
        foreach (var header in Match.Headers)
        {
            // Several lines of one header mean the same as one line with commas (RFC 9110, 5.3).
            if (!request.Headers.TryGetValue(header.Name, out var values) || !string.Equals(values.ToString(), header.Value, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private bool TakesQuery(HttpRequest request)
    {
        foreach (var parameter in Match.QueryParameters)
        {
            if (!HasParameter(request.QueryString.Value, parameter))
            {
                return false;
            }
        }

        return true;
    }

    // The first of several equal names decides, as Gateway API recommends.
    private static bool HasParameter(string? query, NameValueMatch parameter)
    {
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (pair.DecodeName().Span.SequenceEqual(parameter.Name))
            {
                return pair.DecodeValue().Span.SequenceEqual(parameter.Value);
            }
        }

        return false;
    }
}
