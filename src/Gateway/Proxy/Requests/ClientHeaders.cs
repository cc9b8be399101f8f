using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>Takes out of a request what ends at this hop, and what the client may not claim.</summary>
internal static class ClientHeaders
{
    private static readonly SearchValues<char> Control = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(code => code != '\t').Select(code => (char)code), '\x7f']);

    // Framing, the Host, an upgrade and trailers are settled by server and forwarder: a client that could take them away would change what the backend reads.
    private static readonly FrozenSet<string> NotForTheClientToNominate = new[]
    {
        HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.TE, HeaderNames.Trailer,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // "Proxy" becomes the variable HTTP_PROXY of CGI programs, which then send their own requests through it.
    private static readonly FrozenSet<string> NeverPassed = new[] { "Proxy", "HTTP2-Settings" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether there is a field that HTTP/2 has no use for: such a request is malformed and must not be forwarded (RFC 9113, 8.2.2). The server refuses
    /// Connection by itself, and Transfer-Encoding was refused with what has two lengths.
    /// </summary>
    public static bool AreOfConnection(IHeaderDictionary headers) =>
        headers.ContainsKey(HeaderNames.Upgrade)
        || headers.ContainsKey(HeaderNames.KeepAlive)
        || headers.ContainsKey(HeaderNames.ProxyConnection);

    /// <param name="headers">Of the request.</param>
    /// <param name="fromTrustedProxy">Whether what the sender says about the client is believed.</param>
    /// <returns>False when a name or a value is none: such a field ends early or late, or is another one, for some reader behind.</returns>
    public static bool TryCleanse(IHeaderDictionary headers, bool fromTrustedProxy)
    {
        RemoveNominated(headers);

        List<string>? removed = null;
        foreach (var (name, values) in headers)
        {
            if (!(HeaderField.IsName(name) || IsPseudo(name)) || !AreValues(values))
            {
                return false;
            }

            if ((!fromTrustedProxy && VouchedHeaders.Include(name)) || NeverPassed.Contains(name) || VouchedHeaders.IsLookAlike(name))
            {
                (removed ??= []).Add(name);
            }
        }

        foreach (var name in removed ?? [])
        {
            headers.Remove(name);
        }

        return true;
    }

    private static void RemoveNominated(IHeaderDictionary headers)
    {
        foreach (var line in headers.Connection)
        {
            foreach (var token in new StringTokenizer(line ?? "", [',']))
            {
                var name = token.Trim().ToString();
                if (headers.ContainsKey(name) && !NotForTheClientToNominate.Contains(name) && !VouchedHeaders.Include(name))
                {
                    headers.Remove(name);
                }
            }
        }
    }

    // The server keeps those of HTTP/2, and knows them all; over HTTP/1.1 it refuses such names.
    private static bool IsPseudo(string name) => name.StartsWith(':');

    // The blanks around a value are not part of it in HTTP/1.1 and malformed in HTTP/2 (RFC 9113, section 8.2.1): a rule that asks for a value must see what its backend sees.
    private static bool AreValues(StringValues values)
    {
        foreach (var value in values)
        {
            if (value.AsSpan().IndexOfAny(Control) >= 0 || value is [' ' or '\t', ..] or [.., ' ' or '\t'])
            {
                return false;
            }
        }

        return true;
    }
}
