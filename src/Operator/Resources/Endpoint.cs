namespace Portcullis.Operator.Resources;

/// <summary>Exactly one of <see cref="Ip"/> and <see cref="Hostname"/>.</summary>
public sealed record Endpoint
{
    public string? Ip { get; init; }

    public string? Hostname { get; init; }

    public required int Port { get; init; }
}
