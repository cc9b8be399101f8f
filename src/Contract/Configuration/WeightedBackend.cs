namespace Portcullis.Contract.Configuration;

/// <summary>One of a rule's backends by its name in the route, with its share of the requests (0 to <see cref="MostWeight"/>).</summary>
public sealed record WeightedBackend(string Backend, int Weight)
{
    public const int MostWeight = 1_000_000;

    /// <summary>Its share is answered 503 with this code, for the backend cannot be served (P6); null when it can.</summary>
    public string? Refusal { get; init; }
}
