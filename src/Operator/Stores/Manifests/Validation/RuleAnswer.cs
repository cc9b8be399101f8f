namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>One rule asked about one value.</summary>
internal sealed record RuleAnswer(string SchemaPath, SchemaRule Rule, bool Holds, FieldProblem Problem);
