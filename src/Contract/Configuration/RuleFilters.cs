namespace Portcullis.Contract.Configuration;

/// <summary>What a rule changes on the way to its backend and back. Semantics as HTTPRouteFilter of Gateway API, where it has them.</summary>
public sealed record RuleFilters
{
    /// <summary>Null when the backend receives the client's header fields.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Null when the client receives the backend's header fields. Also of a redirect.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>Null when the backend sees the URL that the client asked for.</summary>
    public UrlChange? Url { get; init; }

    /// <summary>Null when the backend's own addresses stay in its responses.</summary>
    public ResponseMapping? Mapping { get; init; }
}
