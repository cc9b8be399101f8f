using System.Collections.Immutable;
using Portcullis.Operator.Stores.Manifests.Decoding;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>What became of one manifest file.</summary>
internal abstract record FileReading
{
    public sealed record Read(ImmutableArray<DocumentReading> Documents) : FileReading;

    /// <summary>Not to be taken apart at present; what was read from it before still holds. The line is null when no single one is to blame.</summary>
    public sealed record Broken(int? Line, string Message) : FileReading;
}
