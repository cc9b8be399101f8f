namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>A file that cannot be taken apart into documents. Its message says what to do.</summary>
internal sealed class ManifestSyntaxException(int? line, string message) : Exception(message)
{
    /// <summary>Null when no single line is to blame.</summary>
    public int? Line { get; } = line;
}
