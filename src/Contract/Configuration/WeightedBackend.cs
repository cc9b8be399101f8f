namespace Portcullis.Contract.Configuration;

/// <summary>One of a rule's backends by its name in the route, with its share of the requests (0 to 1,000,000).</summary>
public sealed record WeightedBackend(string Backend, int Weight)
{
    /// <summary>Its share is answered 503 with this code, for the backend cannot be served (P6); null when it can.</summary>
    public string? Refusal { get; init; }
}
