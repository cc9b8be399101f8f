namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>What a proxy made of one row of the table, by the bytes that came out behind it.</summary>
internal enum Outcome
{
    /// <summary>No byte reached the backend.</summary>
    Refused,

    /// <summary>A request was begun and its connection cut, so that no backend takes it for a whole one.</summary>
    BrokenOff,

    /// <summary>The client's request had one strict reading, and so has what the backend received.</summary>
    Passed,

    /// <summary>The client's had not; what the backend received has.</summary>
    Cleaned,

    /// <summary>What the backend received has a <see cref="Doubt"/>.</summary>
    Ambiguous,
}
