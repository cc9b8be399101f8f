using System.Collections.Frozen;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>
/// Header fields by which backends learn who is in front of them. What the gateway does not know to be true must not reach a backend under such a
/// name, whoever wrote it.
/// </summary>
internal static class VouchedHeaders
{
    public const string For = "X-Forwarded-For";
    public const string Host = "X-Forwarded-Host";
    public const string Proto = "X-Forwarded-Proto";
    public const string Port = "X-Forwarded-Port";
    public const string Forwarded = "Forwarded";
    public const string RequestId = "X-Request-ID";

    private static readonly string[] Families = ["X-Forwarded", "X-Original-", "X-Envoy-", "X-SSL-", "X-Client-Cert", "X-ARR-", "Client-Cert", "SSL-Client-"];

    private static readonly FrozenSet<string> Names = new[]
    {
        Forwarded, RequestId, "Forwarded-For", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Remote-IP", "X-Remote-Addr", "X-Originating-IP",
        "True-Client-IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "Fastly-Client-IP", "X-Azure-ClientIP", "X-Azure-SocketIP", "X-ProxyUser-Ip",
        "Front-End-Https", "X-Scheme", "X-Url-Scheme", "X-Host", "X-Rewrite-URL", "X-HTTP-Host-Override",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // With these written with underscores and the like, servers behind CGI-like interfaces mistake them for the real ones.
    private static readonly FrozenSet<string> OfHttp = new[]
    {
        "Content-Length", "Transfer-Encoding", "Content-Type", "Content-Encoding", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "User-Agent",
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Max-Forwards", "Accept-Encoding", "X-Content-Length",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Include(string name) => Names.Contains(name) || IsOfFamily(name);

    /// <summary>Whether a name is another spelling of one that matters.</summary>
    public static bool IsLookAlike(string name) => LookAlike.Of(name) is { } meant && (Include(meant) || OfHttp.Contains(meant));

    private static bool IsOfFamily(string name)
    {
        foreach (var family in Families)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
