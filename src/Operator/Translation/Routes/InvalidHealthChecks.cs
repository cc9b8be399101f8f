using System.Text.RegularExpressions;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Health checks that cannot be meant.</summary>
internal static partial class InvalidHealthChecks
{
    // More often, many gateways together would be a load of their own; more rarely, the answer is of yesterday.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(24);

    public static IEnumerable<Problem> Of(HealthCheck? check, string field)
    {
        if (check is { Active: null, Passive: null })
        {
            yield return RouteProblems.Invalid(field, "Nothing is checked. Set active, passive or both, or remove the field.");
        }

        foreach (var problem in check?.Active is { } active ? OfActive(active, $"{field}.active") : [])
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> OfActive(ActiveHealthCheck active, string field)
    {
        if (!UrlPath().IsMatch(active.Path))
        {
            yield return RouteProblems.Invalid(
                $"{field}.path",
                $"'{active.Path}' is not a URL path. Write one from the root such as /healthz, without a query, other characters as %XX.");
        }

        if (active.Interval is { } interval && !(Duration.TryParse(interval, out var between) && between >= ShortestInterval && between <= LongestInterval))
        {
            yield return RouteProblems.Invalid($"{field}.interval", $"'{interval}' is not a usable interval. Write a duration from 1s to 24h, such as 10s.");
        }
        else if (active.Timeout is { } timeout
            && !(Duration.TryParse(timeout, out var wait) && wait > TimeSpan.Zero && wait <= HealthTranslator.IntervalOf(active)))
        {
            yield return RouteProblems.Invalid(
                $"{field}.timeout",
                $"'{timeout}' is not a usable timeout. Write a duration such as 2s that is not longer than the interval, 10s when unset.");
        }
    }

    [GeneratedRegex(@"\A/([A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})*\z", RegexOptions.CultureInvariant)]
    private static partial Regex UrlPath();
}
