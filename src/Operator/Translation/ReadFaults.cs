using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation;

/// <summary>What it means for whoever refers to something that it was never read. The words are the fault's own: they have the remedy.</summary>
internal static class ReadFaults
{
    public static Problem Of(ReadFault fault, string field, string kind, ResourceKey key) => fault.Reason switch
    {
        ReadFaultReason.NotAnswered => NotRead(field, $"{kind} '{key.Name}' in namespace '{key.Namespace}' has not been read yet. {fault.Message}"),
        ReadFaultReason.Forbidden => new Problem(ProblemReason.ReferenceForbidden, field, fault.Message),
        _ => new Problem(ProblemReason.ReferenceUnreadable, field, fault.Message),
    };

    public static Problem NotRead(string field, string what) => new(
        ProblemReason.ReferenceNotRead,
        field,
        $"{what} Until it is known, what was served before stays, and what is new answers 503.");

    /// <summary>Whether it will be known without anybody doing anything.</summary>
    public static bool IsWait(Problem problem) => problem.Reason == ProblemReason.ReferenceNotRead;
}
