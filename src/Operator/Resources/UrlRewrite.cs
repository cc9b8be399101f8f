namespace Portcullis.Operator.Resources;

/// <summary>Changes what the backend sees of the URL.</summary>
public sealed record UrlRewrite
{
    public string? Hostname { get; init; }

    public PathModifier? Path { get; init; }
}
