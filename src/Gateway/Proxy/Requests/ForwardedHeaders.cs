using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>
/// Tells backends who asked, for which host and how: X-Forwarded-* and Forwarded (RFC 7239), always both and always in agreement. What was said before is
/// believed from the inside out, as far as listed proxies said it.
/// </summary>
internal sealed class ForwardedHeaders(ImmutableArray<IPNetwork> trustedProxies)
{
    public bool IsTrusted(IPAddress? address)
    {
        if (trustedProxies.IsEmpty || ForwardedNode.Of(address).Address is not { } plain)
        {
            return false;
        }

        foreach (var network in trustedProxies)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Who asked, once the request was admitted; null when a listed proxy does not say.</summary>
    public IPAddress? ClientOf(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        if (!IsTrusted(peer))
        {
            return peer;
        }

        var outermost = context.Request.Headers[VouchedHeaders.For].ToString().AsSpan();
        outermost = outermost.IndexOf(',') is var comma and > 0 ? outermost[..comma] : [];

        return ForwardedNode.TryParse(outermost, out var node) ? node.Address : null;
    }

    /// <summary>To be called when everything that is not believed is gone.</summary>
    public void Write(HttpContext context)
    {
        var request = context.Request;
        var peer = ForwardedNode.Of(context.Connection.RemoteIpAddress);
        var said = IsTrusted(context.Connection.RemoteIpAddress) ? Said(request.Headers) : default;
        var host = IsHost(said.Host) ? said.Host : RequestHost.Of(request);
        var proto = said.Proto is "http" or "https" ? said.Proto : request.Scheme;

        request.Headers[VouchedHeaders.For] = said.Chain is { } chain ? string.Join(", ", chain.Append(peer).Select(node => node.Text)) : peer.Text;
        request.Headers[VouchedHeaders.Host] = host;
        request.Headers[VouchedHeaders.Proto] = proto;
        request.Headers[VouchedHeaders.Port] = IsPort(said.Port) ? said.Port : PortOf(host, proto);
        request.Headers[VouchedHeaders.Forwarded] = Forwarded(said.Chain, peer, host, proto);
    }

    // X-Forwarded-For decides alone where it is: many proxies write it and let a client's Forwarded pass.
    private (List<ForwardedNode>? Chain, string? Host, string? Proto, string? Port) Said(IHeaderDictionary headers)
    {
        if (headers.TryGetValue(VouchedHeaders.For, out var addresses))
        {
            return WithSingles(Believed(addresses.ToString().Split(',')), headers);
        }

        if (!headers.TryGetValue(VouchedHeaders.Forwarded, out var values))
        {
            return WithSingles(null, headers);
        }

        // A client's own beginning can make the whole unreadable; what it wrote beside it in the other way is then not believed either.
        var elements = ForwardedElements.Read(values);
        if (elements.Count == 0)
        {
            return default;
        }

        var chain = Believed([.. elements.Select(element => element.For ?? "")]);
        var outermost = elements[^Math.Max(chain.Count, 1)];

        return (chain, outermost.Host, outermost.Proto, null);
    }

    // From the inside: each address was written by the party after it, so the first that is no listed proxy is the client, and what it said is not believed.
    private List<ForwardedNode> Believed(string[] addresses)
    {
        var chain = new List<ForwardedNode>();
        for (var at = addresses.Length - 1; at >= 0 && ForwardedNode.TryParse(addresses[at], out var node); at--)
        {
            chain.Add(node);
            if (!IsTrusted(node.Address))
            {
                break;
            }
        }

        chain.Reverse();
        return chain;
    }

    private static (List<ForwardedNode>? Chain, string? Host, string? Proto, string? Port) WithSingles(List<ForwardedNode>? chain, IHeaderDictionary headers) =>
        (chain, Single(headers, VouchedHeaders.Host), Single(headers, VouchedHeaders.Proto), Single(headers, VouchedHeaders.Port));

    private static string? Single(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.Count == 1 ? values.ToString().Trim() : null;

    private static string Forwarded(List<ForwardedNode>? chain, ForwardedNode peer, string host, string proto)
    {
        if (chain is not { Count: > 0 })
        {
            return $"for={peer.Quoted};host=\"{host}\";proto={proto}";
        }

        var elements = new StringBuilder().Append(CultureInfo.InvariantCulture, $"for={chain[0].Quoted};host=\"{host}\";proto={proto}");
        foreach (var node in chain.Skip(1).Append(peer))
        {
            elements.Append(CultureInfo.InvariantCulture, $", for={node.Quoted}");
        }

        return elements.ToString();
    }

    private static bool IsHost([NotNullWhen(true)] string? host) =>
        host is { Length: > 0 and <= 260 }
        && Uri.CheckHostName(RequestHost.NameIn(host).ToString()) != UriHostNameType.Unknown
        && host.AsSpan().IndexOfAny("\"\\/@") < 0;

    private static bool IsPort(string? port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535;

    private static string PortOf(string host, string proto) =>
        RequestHost.PortIn(host) is { } port ? port.ToString(CultureInfo.InvariantCulture) : proto == "https" ? "443" : "80";
}
