namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>The precedence of Gateway API among matches of the same path.</summary>
internal sealed class CandidateOrder : IComparer<Candidate>
{
    private CandidateOrder()
    {
    }

    public static CandidateOrder Instance { get; } = new();

    public int Compare(Candidate? x, Candidate? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);

        int[] decisions =
        [
            (y.Match.Method is not null).CompareTo(x.Match.Method is not null),
            y.Match.Headers.Length.CompareTo(x.Match.Headers.Length),
            y.Match.QueryParameters.Length.CompareTo(x.Match.QueryParameters.Length),
            x.Created.CompareTo(y.Created),
            x.Route.CompareTo(y.Route),
            x.Order.CompareTo(y.Order),
        ];

        return Array.Find(decisions, decision => decision != 0);
    }
}
