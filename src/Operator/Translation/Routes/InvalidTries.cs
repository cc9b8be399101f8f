using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Times and retries of a rule that cannot be meant.</summary>
internal static class InvalidTries
{
    public static IEnumerable<Problem> Of(Rule rule, string field) =>
        OfTimeouts(rule.Timeouts, $"{field}.timeouts").Concat(OfRetry(rule, $"{field}.retry"));

    private static IEnumerable<Problem> OfTimeouts(RuleTimeouts? timeouts, string field)
    {
        foreach (var (name, value) in new[] { ("request", timeouts?.Request), ("backendRequest", timeouts?.BackendRequest) })
        {
            if (value is not null && !Duration.TryParse(value, out _))
            {
                yield return RouteProblems.NotADuration($"{field}.{name}", value);
            }
        }

        if (Duration.TryParse(timeouts?.Request, out var whole) && whole > TimeSpan.Zero
            && Duration.TryParse(timeouts?.BackendRequest, out var attempt) && attempt > whole)
        {
            yield return RouteProblems.Invalid(
                $"{field}.backendRequest",
                $"One attempt cannot take longer ({timeouts?.BackendRequest}) than the whole request ({timeouts?.Request}). Shorten backendRequest, or lengthen request.");
        }
    }

    private static IEnumerable<Problem> OfRetry(Rule rule, string field)
    {
        if (rule.Retry is not { } retry)
        {
            yield break;
        }

        if (rule.Filters.Any(filter => filter.Type == FilterType.RequestRedirect))
        {
            yield return RouteProblems.Invalid(field, "A redirect is answered at once. Remove retry.");
        }

        foreach (var (code, index) in retry.Codes.Select((code, index) => (code, index)).Where(pair => pair.code is < 400 or > 599))
        {
            yield return RouteProblems.Invalid($"{field}.codes[{index}]", $"{code} is not a status of a failure. Write one from 400 to 599, such as 503.");
        }

        if (retry.Attempts is < 1 or > RetryRule.MostAttempts)
        {
            yield return RouteProblems.Invalid(
                $"{field}.attempts", $"{retry.Attempts} is not a number of retries. Write one from 1 to {RetryRule.MostAttempts}, or remove retry.");
        }

        if (retry.Backoff is { } backoff && !(Duration.TryParse(backoff, out var wait) && wait > TimeSpan.Zero && wait <= RetryRule.LongestBackoff))
        {
            yield return RouteProblems.Invalid(
                $"{field}.backoff", $"'{backoff}' is not a wait between attempts. Write one of more than nothing and at most {RetryRule.LongestBackoff.TotalMinutes:0}m, such as 100ms.");
        }
    }
}
