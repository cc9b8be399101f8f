using System.Collections.Immutable;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Conditions;

/// <summary>What kubectl wait, Flux and Argo CD make of a custom resource, after kstatus's documentation.</summary>
internal static class Kstatus
{
    public const string Current = "Current";
    public const string InProgress = "InProgress";
    public const string Failed = "Failed";

    public static string Of(long generation, long observedGeneration, ImmutableArray<Condition> conditions)
    {
        if (observedGeneration != generation)
        {
            return InProgress;
        }

        if (Has("Stalled", "True"))
        {
            return Failed;
        }

        return Has("Reconciling", "True") || !Has("Ready", "True") ? InProgress : Current;

        bool Has(string type, string status) => conditions.Any(condition => condition.Type == type && condition.Status == status);
    }
}
