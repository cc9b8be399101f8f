namespace Portcullis.Operator.Resources;

/// <summary>Limits of the connections to one backend.</summary>
public sealed record ConnectionsSpec
{
    public string? ConnectTimeout { get; init; }

    public string? IdleTimeout { get; init; }

    public string? MaxLifetime { get; init; }

    public int? MaxPerEndpoint { get; init; }
}
