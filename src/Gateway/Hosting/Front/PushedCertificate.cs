using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>One certificate entry of the configuration, as it can be shown.</summary>
internal sealed record PushedCertificate
{
    public required EncodedEntry Newest { get; init; }

    /// <summary>Why the newest entry cannot be shown; null when it is.</summary>
    public required EntryProblem? Problem { get; init; }

    /// <summary>Of the newest entry, or of the last usable one before it; null when none was usable.</summary>
    public required ShownCertificate? Shown { get; init; }

    public required ImmutableArray<string> Hostnames { get; init; }

    /// <summary>Names only (P9).</summary>
    public override string ToString() => Newest.Key.ToString();
}
