namespace Portcullis.Operator.Conditions;

/// <summary>The conditions of both kinds.</summary>
internal static class ConditionType
{
    public const string Accepted = "Accepted";
    public const string ResolvedRefs = "ResolvedRefs";
    public const string Programmed = "Programmed";
    public const string BackendsVerified = "BackendsVerified";
    public const string Ready = "Ready";

    /// <summary>There only while true: it will get better by itself.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>There only while true: nothing gets better before somebody edits something.</summary>
    public const string Stalled = "Stalled";
}
