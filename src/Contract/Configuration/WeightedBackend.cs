namespace Portcullis.Contract.Configuration;

/// <summary>One of a rule's backends by its name in the route, with its share of the requests (0 to 1,000,000).</summary>
public sealed record WeightedBackend(string Backend, int Weight)
{
    public const int MostWeight = 1_000_000;
}
