using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Session persistence that cannot be meant.</summary>
internal static class InvalidSessions
{
    private const int LongestName = 128;

    public static IEnumerable<Problem> Of(SessionPersistence? persistence, string field)
    {
        // A cookie's name is a token, as a header's is (RFC 6265, section 4.1.1).
        if (persistence?.SessionName is { } name && !(name.Length <= LongestName && HeaderField.IsName(name)))
        {
            yield return RouteProblems.Invalid(
                $"{field}.sessionName", $"'{name}' is not the name of a cookie. Write up to {LongestName} letters, digits or hyphens, or remove the field.");
        }

        if (persistence?.AbsoluteTimeout is { } timeout && !(Duration.TryParse(timeout, out var longest) && longest > TimeSpan.Zero))
        {
            yield return RouteProblems.NotADuration($"{field}.absoluteTimeout", timeout);
        }
    }
}
