namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>What is wrong with one field, and what to do. The text never repeats what could be key material.</summary>
internal sealed record FieldProblem(string Path, string Message);
