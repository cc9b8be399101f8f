namespace Portcullis.Operator.Resources;

/// <summary>A union by type.</summary>
public sealed record SubjectAltName
{
    public required SubjectAltNameType Type { get; init; }

    public string? Hostname { get; init; }

    public string? Uri { get; init; }

    public string? IpAddress { get; init; }
}
