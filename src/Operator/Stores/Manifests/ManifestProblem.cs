namespace Portcullis.Operator.Stores.Manifests;

/// <summary>Why a manifest, or part of one, was not taken: where it stands and what to do.</summary>
internal sealed record ManifestProblem
{
    /// <summary>Relative to the manifest folder, with forward slashes.</summary>
    public required string File { get; init; }

    /// <summary>Null when no single line is to blame.</summary>
    public int? Line { get; init; }

    /// <summary>Null when it is not known which object it is.</summary>
    public ObjectIdentity? Object { get; init; }

    /// <summary>Null when the whole object or file is meant.</summary>
    public string? Field { get; init; }

    /// <summary>Reads on from the field when there is one.</summary>
    public required string Message { get; init; }

    public override string ToString()
    {
        var place = Line is { } line ? $"{File}:{line}" : File;
        var subject = Object is { } known ? $" {known}:" : "";
        var field = Field is { Length: > 0 } ? $" {Field}" : "";

        return $"{place}:{subject}{field} {Message}";
    }
}
