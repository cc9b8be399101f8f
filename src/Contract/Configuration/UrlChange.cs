namespace Portcullis.Contract.Configuration;

/// <summary>What a backend sees of the URL instead of what the client asked for.</summary>
public sealed record UrlChange
{
    /// <summary>The Host header that the backend receives; null when the backend's own setting holds.</summary>
    public string? Hostname { get; init; }

    /// <summary>Null when the path stays.</summary>
    public PathChange? Path { get; init; }
}
