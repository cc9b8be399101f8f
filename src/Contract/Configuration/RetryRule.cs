using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>When, how often and at what pace a failed request is sent again.</summary>
public sealed record RetryRule
{
    /// <summary>More would only multiply the load of a backend that has failed.</summary>
    public const int MostAttempts = 10;

    /// <summary>Whoever waits longer than this has gone.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    /// <summary>What the backend answers when it has failed; a broken connection counts without being named.</summary>
    public ImmutableArray<int> Codes { get; init; } = [];

    /// <summary>How often a request is sent again at most.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The shortest wait; each further one is at least twice as long.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(100);
}
