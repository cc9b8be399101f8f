using System.Text.RegularExpressions;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Filters that cannot be meant: each for itself, and those that contradict each other or the rule they are in.</summary>
internal static partial class InvalidFilters
{
    public static IEnumerable<Problem> Of(Rule rule, BackendRouteSpec spec, string field) =>
        OfEach(rule, field).Concat(OfRedirect(rule, field)).Concat(OfRewrite(rule, spec, field));

    private static IEnumerable<Problem> OfEach(Rule rule, string field)
    {
        foreach (var (filter, index) in rule.Filters.Select((filter, index) => (filter, index)))
        {
            var at = $"{field}.filters[{index}]";

            if (!HasItsOwnField(filter))
            {
                yield return RouteProblems.Invalid(at, $"A filter of type {filter.Type} has {FieldOf(filter.Type)} and nothing else. Correct the filter.");
            }

            if (rule.Filters.Take(index).Any(earlier => earlier.Type == filter.Type))
            {
                yield return RouteProblems.Invalid(at, $"The rule has two filters of type {filter.Type}. Put their fields into one.");
            }

            foreach (var problem in OfFilter(filter, at))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<Problem> OfFilter(Filter filter, string field) =>
        OfHeaders(filter.RequestHeaderModifier, $"{field}.requestHeaderModifier")
            .Concat(OfHeaders(filter.ResponseHeaderModifier, $"{field}.responseHeaderModifier"))
            .Concat(OfRedirectParts(filter.RequestRedirect, $"{field}.requestRedirect"))
            .Concat(OfRewriteParts(filter.UrlRewrite, $"{field}.urlRewrite"))
            .Concat(OfMapping(filter.ReverseMapping, $"{field}.reverseMapping"));

    private static IEnumerable<Problem> OfHeaders(HeaderModifier? modifier, string field)
    {
        if (modifier is null)
        {
            yield break;
        }

        var set = modifier.Set.Select((header, index) => (header.Name, Value: (string?)header.Value, Field: $"{field}.set[{index}]"));
        var add = modifier.Add.Select((header, index) => (header.Name, Value: (string?)header.Value, Field: $"{field}.add[{index}]"));
        var remove = modifier.Remove.Select((name, index) => (Name: name, Value: (string?)null, Field: $"{field}.remove[{index}]"));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var (name, value, at) in set.Concat(add).Concat(remove))
        {
            if (!HeaderField.IsName(name))
            {
                yield return RouteProblems.Invalid(at, $"'{name}' is not a name of a header field. Write letters, digits and hyphens.");
            }
            else if (!HeaderField.MayBeChanged(name))
            {
                yield return RouteProblems.Invalid(at, ReservedHeader(name));
            }
            else if (!names.Add(name))
            {
                yield return RouteProblems.Invalid(at, $"'{name}' is named twice in this filter. Set it, add to it or remove it, but only one of them.");
            }

            if (value is not null && !HeaderField.IsValue(value))
            {
                yield return RouteProblems.Invalid(at, $"The value of '{name}' is not one line of visible ASCII characters. Correct the value.");
            }
        }

        if (modifier is { Set.IsEmpty: true, Add.IsEmpty: true, Remove.IsEmpty: true })
        {
            yield return RouteProblems.Invalid(field, "The filter changes nothing. Set, add or remove a header field, or remove the filter.");
        }
    }

    private static string ReservedHeader(string name) => string.Equals(name, "Host", StringComparison.OrdinalIgnoreCase)
        ? "The Host header is not changed here. Use a URLRewrite filter with a hostname, or hostHeader of the backend."
        : $"'{name}' belongs to the connection and is written by the gateway. Remove the entry.";

    private static IEnumerable<Problem> OfRedirectParts(RequestRedirect? redirect, string field)
    {
        if (redirect is null)
        {
            yield break;
        }

        if (redirect is { Scheme: null, Hostname: null, Port: null, Path: null })
        {
            yield return RouteProblems.Invalid(field, "The redirect leads to where it comes from, again and again. Set scheme, hostname, port or path.");
        }

        if (redirect.Scheme is not (null or "http" or "https"))
        {
            yield return RouteProblems.Invalid($"{field}.scheme", $"'{redirect.Scheme}' cannot be redirected to. Write http or https.");
        }

        if (redirect.Hostname is { } name && !HostName.IsExact(HostName.Normal(name)))
        {
            yield return NotAName($"{field}.hostname", name);
        }

        if (redirect.Port is < 1 or > 65535)
        {
            yield return RouteProblems.Invalid($"{field}.port", $"{redirect.Port} is not a port. Write a number from 1 to 65535.");
        }

        if (redirect.StatusCode is not (null or 301 or 302 or 303 or 307 or 308))
        {
            yield return RouteProblems.Invalid($"{field}.statusCode", $"{redirect.StatusCode} is not a redirect. Write 301, 302, 303, 307 or 308.");
        }

        foreach (var problem in OfPath(redirect.Path, $"{field}.path"))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfRewriteParts(UrlRewrite? rewrite, string field)
    {
        if (rewrite is { Hostname: null, Path: null })
        {
            yield return RouteProblems.Invalid(field, "The filter changes nothing. Set hostname or path, or remove the filter.");
        }

        if (rewrite?.Hostname is { } name && !HostName.IsExact(HostName.Normal(name)))
        {
            yield return NotAName($"{field}.hostname", name);
        }

        foreach (var problem in OfPath(rewrite?.Path, $"{field}.path"))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfPath(PathModifier? path, string field)
    {
        if (path is null)
        {
            yield break;
        }

        var isFull = path.Type == PathModifierType.ReplaceFullPath;
        var (own, other) = isFull ? (path.ReplaceFullPath, path.ReplacePrefixMatch) : (path.ReplacePrefixMatch, path.ReplaceFullPath);

        if (own is null || other is not null)
        {
            yield return RouteProblems.Invalid(
                field, $"A path of type {path.Type} has {(isFull ? "replaceFullPath" : "replacePrefixMatch")} and nothing else. Correct the entry.");
        }
        else if (!EncodedPath().IsMatch(own))
        {
            yield return RouteProblems.Invalid(
                field, $"'{own}' is not a path. Start it with '/', write other characters than those of a URL as %XX, and leave query and fragment out.");
        }
    }

    private static IEnumerable<Problem> OfMapping(ReverseMapping? mapping, string field)
    {
        if (mapping is { Location: Mapping.Passthrough, Cookies: Mapping.Passthrough })
        {
            yield return RouteProblems.Invalid(field, "The filter maps nothing. Set location or cookies to Rewrite, or remove the filter.");
        }
    }

    private static IEnumerable<Problem> OfRedirect(Rule rule, string field)
    {
        if (rule.Filters.All(filter => filter.Type != FilterType.RequestRedirect))
        {
            yield break;
        }

        if (!rule.BackendRefs.IsEmpty)
        {
            yield return RouteProblems.Invalid($"{field}.backendRefs", "A rule that redirects asks no backend. Remove backendRefs, or the RequestRedirect filter.");
        }

        if (rule.Timeouts is not null)
        {
            yield return RouteProblems.Invalid($"{field}.timeouts", "A redirect is answered at once. Remove timeouts.");
        }

        foreach (var (filter, index) in rule.Filters.Select((filter, index) => (filter, index)))
        {
            if (filter.Type is FilterType.URLRewrite or FilterType.ReverseMapping or FilterType.RequestHeaderModifier)
            {
                yield return RouteProblems.Invalid(
                    $"{field}.filters[{index}]", $"A filter of type {filter.Type} does nothing in a rule that redirects, since no backend is asked. Remove one of the two.");
            }
        }
    }

    private static IEnumerable<Problem> OfRewrite(Rule rule, BackendRouteSpec spec, string field)
    {
        foreach (var (filter, index) in rule.Filters.Select((filter, index) => (filter, index)))
        {
            var at = $"{field}.filters[{index}]";
            var path = filter.UrlRewrite?.Path ?? filter.RequestRedirect?.Path;

            if (path?.Type == PathModifierType.ReplacePrefixMatch && rule.Matches.Any(match => match.Path?.Type == PathType.Exact))
            {
                yield return RouteProblems.Invalid(at, "An Exact match has no prefix that could be replaced. Use ReplaceFullPath, or matches of type PathPrefix.");
            }

            var decided = filter.UrlRewrite?.Hostname is null ? null : rule.BackendRefs.FirstOrDefault(reference => DecidesHost(reference.Name, spec))?.Name;

            if (decided is not null)
            {
                yield return RouteProblems.Invalid(
                    $"{at}.urlRewrite.hostname", $"hostHeader of backend '{decided}' decides the Host header too. Remove one of the two.");
            }
        }
    }

    private static bool DecidesHost(string backend, BackendRouteSpec spec) =>
        spec.Backends.Any(candidate => candidate.Name == backend && candidate.HostHeader is { Type: not HostHeaderType.Preserve });

    private static bool HasItsOwnField(Filter filter)
    {
        (FilterType Type, object? Field)[] fields =
        [
            (FilterType.RequestHeaderModifier, filter.RequestHeaderModifier),
            (FilterType.ResponseHeaderModifier, filter.ResponseHeaderModifier),
            (FilterType.RequestRedirect, filter.RequestRedirect),
            (FilterType.URLRewrite, filter.UrlRewrite),
            (FilterType.ReverseMapping, filter.ReverseMapping),
        ];

        return fields.All(field => field.Field is not null == (field.Type == filter.Type));
    }

    private static string FieldOf(FilterType type) => type switch
    {
        FilterType.RequestHeaderModifier => "requestHeaderModifier",
        FilterType.ResponseHeaderModifier => "responseHeaderModifier",
        FilterType.RequestRedirect => "requestRedirect",
        FilterType.URLRewrite => "urlRewrite",
        _ => "reverseMapping",
    };

    private static Problem NotAName(string field, string name) =>
        RouteProblems.Invalid(field, $"'{name}' is not a DNS name. Write a name such as shop.example.com, without a port.");

    // As in the schema.
    [GeneratedRegex(@"\A/([A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex EncodedPath();
}
