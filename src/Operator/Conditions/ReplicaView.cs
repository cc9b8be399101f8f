using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Operator.Fleet;

namespace Portcullis.Operator.Conditions;

/// <summary>One gateway replica's acknowledgement, indexed by entry.</summary>
internal sealed class ReplicaView(GatewayState replica)
{
    private readonly ImmutableDictionary<EntryKey, string> refused = Index(replica.Applied?.Refused);
    private readonly ImmutableDictionary<EntryKey, string> pending = Index(replica.Applied?.Pending);

    /// <summary>Null until it acknowledged anything.</summary>
    public Digest? Revision => replica.Applied?.Revision;

    /// <summary>Null when the entry is not refused.</summary>
    public string? Refusal(EntryKey entry) => refused.GetValueOrDefault(entry);

    /// <summary>Null when the entry does not wait.</summary>
    public string? Wait(EntryKey entry) => pending.GetValueOrDefault(entry);

    /// <summary>Null when the replica knows nothing of the bundle.</summary>
    public BundleReport? Bundle(ResourceKey bundle) => replica.Bundles.GetValueOrDefault(bundle);

    private static ImmutableDictionary<EntryKey, string> Index(ImmutableArray<EntryProblem>? problems) =>
        problems is { IsDefault: false } known
            ? known.DistinctBy(problem => problem.Entry).ToImmutableDictionary(problem => problem.Entry, problem => problem.Message)
            : ImmutableDictionary<EntryKey, string>.Empty;
}
