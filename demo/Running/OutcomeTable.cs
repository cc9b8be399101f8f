using System.Collections.Immutable;
using Portcullis.Demo.Scenarios;

namespace Portcullis.Demo.Running;

/// <summary>Outcomes as aligned columns.</summary>
internal static class OutcomeTable
{
    public static IEnumerable<string> Lines(ImmutableArray<Outcome> outcomes)
    {
        string[][] rows =
        [
            ["", "ROUTE", "EXPECTED", "GOT", "BYTES", "WHAT THE STATUS SAYS"],
            .. outcomes.Select(outcome => new[]
            {
                outcome.IsAsExpected ? "ok" : "NO", outcome.Served.Route, outcome.Expected, outcome.Got, outcome.Bytes, outcome.Text,
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();

        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
