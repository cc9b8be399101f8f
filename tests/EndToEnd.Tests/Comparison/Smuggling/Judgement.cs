using System.Collections.Immutable;

namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <param name="Outcome">The worst of all connections that the row led to.</param>
/// <param name="Doubts">Of what the backend received.</param>
/// <param name="Answer">Statuses that the client saw, in order.</param>
internal sealed record Judgement(Outcome Outcome, ImmutableSortedSet<string> Doubts, string Answer)
{
    /// <param name="sent">By the client, on one connection.</param>
    /// <param name="received">By the backend, one text a connection; each was told to carry one request.</param>
    public static Judgement Of(string sent, IReadOnlyList<string> received, string answer)
    {
        var readings = received.Select(bytes => (Bytes: bytes, Reading: StrictReader.Of(bytes))).ToArray();
        ImmutableSortedSet<string> doubts = [.. readings.SelectMany(read => DoubtsOf(read.Bytes, read.Reading))];

        return new Judgement(OutcomeOf(sent, [.. readings.Select(read => read.Reading)], doubts), doubts, answer);
    }

    private static Outcome OutcomeOf(string sent, Reading[] readings, ImmutableSortedSet<string> doubts) => readings switch
    {
        [] => Outcome.Refused,
        _ when !doubts.IsEmpty => Outcome.Ambiguous,
        _ when readings.Any(reading => reading.IsBrokenOff) => Outcome.BrokenOff,
        _ => StrictReader.Of(sent).Doubts.IsEmpty ? Outcome.Passed : Outcome.Cleaned,
    };

    private static ImmutableSortedSet<string> DoubtsOf(string bytes, Reading reading) => reading switch
    {
        { Requests: > 1 } or { Requests: 1, IsBrokenOff: true } => [Doubt.Hidden],
        { Requests: 1 } when reading.Length < bytes.Length => [Doubt.Hidden],
        _ => reading.Doubts,
    };
}
