using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>Answers for a manifest what the API server would answer with strict field validation: defaults first, then structure, then rules.</summary>
internal static class SchemaValidator
{
    /// <summary>Completes the value in place and says all that is wrong with it.</summary>
    public static ImmutableArray<FieldProblem> Complete(JsonObject value, SchemaNode schema)
    {
        SchemaDefaults.Fill(value, schema);
        var structure = StructureCheck.Check(value, schema);

        // Rules rely on the structure, in the API server as here.
        return structure.Any(problem => problem.BlocksRules)
            ? [.. structure.Select(problem => problem.Problem)]
            : [.. structure.Select(problem => problem.Problem), .. RuleCheck.Evaluate(value, schema).Where(answer => !answer.Holds).Select(answer => answer.Problem)];
    }
}
