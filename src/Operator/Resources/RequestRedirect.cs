namespace Portcullis.Operator.Resources;

/// <summary>Answers with a redirect; parts that are not set stay as requested.</summary>
public sealed record RequestRedirect
{
    public string? Scheme { get; init; }

    public string? Hostname { get; init; }

    public PathModifier? Path { get; init; }

    public int? Port { get; init; }

    public int? StatusCode { get; init; }
}
