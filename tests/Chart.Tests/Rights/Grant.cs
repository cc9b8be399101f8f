using System.Collections.Immutable;

namespace Portcullis.Chart.Tests.Rights;

/// <summary>One thing that somebody may do.</summary>
/// <param name="Where">A namespace, or "everywhere".</param>
/// <param name="Resource">With its group, as in <c>leases.coordination.k8s.io</c>.</param>
/// <param name="Names">Only objects of these names; all when empty.</param>
internal sealed record Grant(string Who, string Where, string Resource, ImmutableArray<string> Names, ImmutableArray<string> Verbs)
{
    public const string Everywhere = "everywhere";
}
