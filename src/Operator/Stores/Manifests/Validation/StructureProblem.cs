namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>A structural problem. One that blocks rules leaves a value that no rule can be asked about.</summary>
internal sealed record StructureProblem(FieldProblem Problem, bool BlocksRules);
