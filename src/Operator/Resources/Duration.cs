using System.Globalization;
using System.Text.RegularExpressions;

namespace Portcullis.Operator.Resources;

/// <summary>Reads durations as Gateway API writes them (GEP-2257): <c>10s</c>, <c>1h30m</c>, <c>100ms</c>.</summary>
public static partial class Duration
{
    /// <summary>False also for null: an absent duration has no length.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;

        if (text is null || Whole().Match(text) is not { Success: true } whole)
        {
            return false;
        }

        foreach (Capture part in whole.Groups["part"].Captures)
        {
            duration += Length(part.ValueSpan);
        }

        return true;
    }

    /// <exception cref="FormatException">The text is not a duration.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration)
            ? duration
            : throw new FormatException($"'{text}' is not a duration. Write up to four numbers with their units h, m, s or ms, such as 30s or 1h30m.");

    private static TimeSpan Length(ReadOnlySpan<char> part)
    {
        var digits = part[..part.IndexOfAnyExceptInRange('0', '9')];
        var count = int.Parse(digits, CultureInfo.InvariantCulture);

        return part[digits.Length..] switch
        {
            "h" => TimeSpan.FromHours(count),
            "m" => TimeSpan.FromMinutes(count),
            "s" => TimeSpan.FromSeconds(count),
            _ => TimeSpan.FromMilliseconds(count),
        };
    }

    // \z and not $: the latter would let a line feed at the end pass.
    [GeneratedRegex(@"\A(?<part>[0-9]{1,5}(h|m|s|ms)){1,4}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();
}
