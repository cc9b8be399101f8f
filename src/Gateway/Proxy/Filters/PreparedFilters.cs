using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>What a rule changes on the way, prepared for the match that took the request.</summary>
/// <param name="RequestEdits">Null when the client's header fields pass.</param>
/// <param name="ResponseEdits">Null when the backend's header fields pass.</param>
/// <param name="Hostname">The Host the backend receives; null when the backend's own setting holds.</param>
/// <param name="Path">Null when the path stays.</param>
/// <param name="Mapping">Null when the backend's own addresses stay in its responses.</param>
internal sealed record PreparedFilters(HeaderEdits? RequestEdits, HeaderEdits? ResponseEdits, string? Hostname, PathRewrite? Path, BackMapping? Mapping)
{
    /// <param name="filters">Null when the rule has none; the answer is then null too.</param>
    /// <param name="match">The one that takes the request.</param>
    /// <param name="own">The addresses of the rule's own backends.</param>
    public static PreparedFilters? Of(RuleFilters? filters, PathMatch match, OwnAddresses own) => filters is null
        ? null
        : new PreparedFilters(
            HeaderEdits.Of(filters.RequestHeaders),
            HeaderEdits.Of(filters.ResponseHeaders),
            filters.Url?.Hostname,
            PathRewrite.Of(filters.Url?.Path, match),
            BackMapping.Of(filters.Mapping, filters.Url?.Path, match, own));
}
