using System.Collections.Immutable;
using System.Text.Json;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>
/// Says when an installed CRD is not the operator's own: an older one silently drops fields that it does not know from what users write, and a field
/// that is dropped may be one that narrows trust.
/// </summary>
internal sealed partial class DefinitionCheck(ILogger logger)
{
    private const int Listed = 5;
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> said = [];

    public void Look(InstalledDefinition definition)
    {
        if (!OwnDefinitions.Schemas.TryGetValue(definition.Name, out var own))
        {
            return;
        }

        var problem = ProblemOf(definition, own);

        lock (gate)
        {
            if (said.GetValueOrDefault(definition.Name, "") != problem)
            {
                Say(definition.Name, problem);
            }

            said[definition.Name] = problem;
        }
    }

    /// <summary>Empty when there is none.</summary>
    internal static string ProblemOf(InstalledDefinition definition, JsonElement own)
    {
        if (definition.Schema.ValueKind != JsonValueKind.Object)
        {
            return "it has no version v1alpha1, so nothing of the kind can be read.";
        }

        return DefinitionComparison.Of(own, definition.Schema) switch
        {
            { Missing: { IsEmpty: false } missing } => $"it is older than this operator. The API server drops these fields from what users write: {List(missing)}.",

            // A newer one may have changed any rule on purpose.
            { Unknown.IsEmpty: true, Different: { IsEmpty: false } different } => $"it is not the one of this operator. Other rules hold for: {List(different)}.",
            _ => "",
        };
    }

    private void Say(string name, string problem)
    {
        if (problem.Length == 0)
        {
            Log.Good(logger, name);
            return;
        }

        Log.Outdated(logger, name, problem);
    }

    private static string List(ImmutableArray<string> fields) =>
        string.Join(", ", fields.Take(Listed)) + (fields.Length > Listed ? $" and {fields.Length - Listed} more" : "");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "CRD {Name} does not fit: {Problem} Bring it up to date: kubectl apply --server-side -f deploy/crds")]
        public static partial void Outdated(ILogger logger, string name, string problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "CRD {Name} is up to date.")]
        public static partial void Good(ILogger logger, string name);
    }
}
