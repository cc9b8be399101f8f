namespace Portcullis.Operator.Stores.Manifests.Decoding;

/// <summary>A problem of one field, and the line it stands on.</summary>
internal sealed record LocatedProblem(int Line, string Field, string Message);
