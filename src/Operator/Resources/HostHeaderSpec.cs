namespace Portcullis.Operator.Resources;

/// <summary>Which Host header a backend receives; SNI and the verified name are independent of it.</summary>
public sealed record HostHeaderSpec
{
    public HostHeaderType Type { get; init; } = HostHeaderType.Preserve;

    public string? Value { get; init; }
}
