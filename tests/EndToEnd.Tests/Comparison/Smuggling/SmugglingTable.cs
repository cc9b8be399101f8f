using System.Globalization;
using System.Text;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>Counts of all rows, and those rows in which the proxies differ where it matters.</summary>
internal static class SmugglingTable
{
    private static readonly (Outcome Outcome, string Words)[] Outcomes =
    [
        (Outcome.Refused, "refused, nothing reached the backend"),
        (Outcome.BrokenOff, "begun and broken off"),
        (Outcome.Passed, "unambiguous, and passed so"),
        (Outcome.Cleaned, "ambiguous, and made unambiguous"),
        (Outcome.Ambiguous, "**ambiguous, and passed so**"),
    ];

    public static StringBuilder Of(string[] names, (string Sentence, Judgement[] Judgements)[] rows)
    {
        var table = new StringBuilder();
        Head(table, $"of {rows.Length} requests", names);
        foreach (var (outcome, words) in Outcomes)
        {
            Row(table, words, names.Select((_, proxy) => rows.Count(row => row.Judgements[proxy].Outcome == outcome).ToString(CultureInfo.InvariantCulture)));
        }

        table.Append("\nPassed ambiguously by one of them at least:\n\n");
        Head(table, "the request", names);
        foreach (var (sentence, judgements) in rows.Where(row => row.Judgements.Any(judgement => judgement.Outcome == Outcome.Ambiguous)))
        {
            Row(table, sentence, judgements.Select(Cell));
        }

        table.Append("\nMade unambiguous here, refused by all others:\n\n");
        foreach (var (sentence, _) in rows.Where(row => row.Judgements[0].Outcome == Outcome.Cleaned && row.Judgements[1..].All(other => other.Outcome == Outcome.Refused)))
        {
            table.Append(CultureInfo.InvariantCulture, $"- {sentence}\n");
        }

        return table;
    }

    private static string Cell(Judgement judgement) => judgement.Outcome switch
    {
        Outcome.Refused => judgement.Answer.Length > 0 ? judgement.Answer : "closed",
        Outcome.BrokenOff => "broken off",
        Outcome.Passed => "as it was",
        Outcome.Cleaned => "cleaned",
        _ => $"**{string.Join(", ", judgement.Doubts)}**",
    };

    private static void Head(StringBuilder table, string first, string[] names)
    {
        Row(table, first, names);
        table.Append(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat("---|", names.Length + 1))}\n");
    }

    private static void Row(StringBuilder table, string first, IEnumerable<string> cells) =>
        table.Append(CultureInfo.InvariantCulture, $"| {first.Replace("|", "\\|", StringComparison.Ordinal)} | {string.Join(" | ", cells)} |\n");
}
