using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>The filters of a valid rule → what a gateway changes on the way.</summary>
internal static class FilterTranslator
{
    // As in Gateway API.
    private const int Found = 302;

    /// <summary>Null when the rule does not redirect.</summary>
    public static RuleAction.Redirect? RedirectOf(Rule rule) =>
        rule.Filters.FirstOrDefault(filter => filter.Type == FilterType.RequestRedirect)?.RequestRedirect is { } redirect
            ? new RuleAction.Redirect
            {
                Scheme = redirect.Scheme,
                Hostname = redirect.Hostname is { } name ? HostName.Normal(name) : null,
                Port = redirect.Port,
                Path = PathOf(redirect.Path),
                StatusCode = redirect.StatusCode ?? Found,
            }
            : null;

    /// <summary>Null when nothing is changed on the way.</summary>
    public static RuleFilters? FiltersOf(Rule rule)
    {
        var filters = rule.Filters.Aggregate(new RuleFilters(), With);

        return filters == new RuleFilters() ? null : filters;
    }

    private static RuleFilters With(RuleFilters filters, Filter filter) => filter switch
    {
        { RequestHeaderModifier: { } changes } => filters with { RequestHeaders = ChangesOf(changes) },
        { ResponseHeaderModifier: { } changes } => filters with { ResponseHeaders = ChangesOf(changes) },
        { UrlRewrite: { } rewrite } => filters with { Url = UrlOf(rewrite) },
        { ReverseMapping: { } mapping } => filters with
        {
            Mapping = new ResponseMapping(Locations: mapping.Location == Mapping.Rewrite, Cookies: mapping.Cookies == Mapping.Rewrite),
        },
        _ => filters,
    };

    private static HeaderChanges ChangesOf(HeaderModifier modifier) => new()
    {
        Set = [.. modifier.Set.Select(field => new HeaderField(field.Name, field.Value))],
        Add = [.. modifier.Add.Select(field => new HeaderField(field.Name, field.Value))],
        Remove = modifier.Remove,
    };

    private static UrlChange UrlOf(UrlRewrite rewrite) => new()
    {
        Hostname = rewrite.Hostname is { } name ? HostName.Normal(name) : null,
        Path = PathOf(rewrite.Path),
    };

    private static PathChange? PathOf(PathModifier? path) => path switch
    {
        { Type: PathModifierType.ReplaceFullPath, ReplaceFullPath: { } whole } => new PathChange.Full(whole),
        { Type: PathModifierType.ReplacePrefixMatch, ReplacePrefixMatch: { } prefix } => new PathChange.Prefix(prefix),
        _ => null,
    };
}
