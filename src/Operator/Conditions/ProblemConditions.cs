using System.Collections.Immutable;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>Which condition a problem makes false, under which reason, and whether only an edit heals it.</summary>
internal static class ProblemConditions
{
    private const int MostNamed = 16;

    /// <summary>Every problem of the condition at once, so that nobody has to fix them one by one.</summary>
    public static Answer Answer(string condition, ImmutableArray<Problem> problems, string reasonWhenTrue, string messageWhenTrue, string? addition = null)
    {
        var own = problems.Where(problem => ConditionOf(problem) == condition).ToImmutableArray();
        var rest = own.Length > MostNamed ? $" And {own.Length - MostNamed} more problems." : "";

        return own.IsEmpty
            ? new Answer(condition, Conditions.Answer.True, reasonWhenTrue, messageWhenTrue)
            : new Answer(
                condition,
                own.All(ReadFaults.IsWait) ? Conditions.Answer.Unknown : Conditions.Answer.False,
                ReasonOf(own.FirstOrDefault(problem => !ReadFaults.IsWait(problem)) ?? own[0]),
                string.Join(' ', own.Take(MostNamed)) + rest + (addition is null ? "" : $" {addition}"));
    }

    public static string ConditionOf(Problem problem) => problem.Reason switch
    {
        ProblemReason.TrustBundleNotFound
            or ProblemReason.TrustBundleNotUsable
            or ProblemReason.ReferenceNotPermitted
            or ProblemReason.InvalidKind
            or ProblemReason.ServiceNotFound
            or ProblemReason.ServicePortNotFound
            or ProblemReason.SourceNotFound
            or ProblemReason.KeyNotFound
            or ProblemReason.RouteCertificateNotFound
            or ProblemReason.RouteCertificateUnusable
            or ProblemReason.ClientCertificateNotFound
            or ProblemReason.ClientCertificateUnusable
            or ProblemReason.ReferenceNotRead
            or ProblemReason.ReferenceForbidden
            or ProblemReason.ReferenceUnreadable
            or ProblemReason.SessionKeyUnavailable => ConditionType.ResolvedRefs,
        _ => ConditionType.Accepted,
    };

    public static string ReasonOf(Problem problem) => problem.Reason switch
    {
        ProblemReason.HostnameConflicted => "Conflicted",
        ProblemReason.TrustBundleNotFound or ProblemReason.TrustBundleNotUsable => "InvalidCACertificateRef",
        ProblemReason.RouteCertificateNotFound or ProblemReason.RouteCertificateUnusable => "InvalidCertificateRef",
        ProblemReason.ClientCertificateNotFound or ProblemReason.ClientCertificateUnusable => "InvalidClientCertificateRef",
        ProblemReason.ReferenceNotPermitted => "RefNotPermitted",
        ProblemReason.InvalidKind => "InvalidKind",
        ProblemReason.ServiceNotFound or ProblemReason.ServicePortNotFound => "BackendNotFound",
        ProblemReason.SourceNotFound => "SourceNotFound",
        ProblemReason.KeyNotFound => "KeyNotFound",
        ProblemReason.InvalidPem => "InvalidPEM",
        ProblemReason.PrivateKeyInSource => "PrivateKeyInSource",
        ProblemReason.NoValidCACertificate or ProblemReason.IntermediatesOnly => "NoValidCACertificate",
        ProblemReason.TooLarge or ProblemReason.ShardsFull => "TooLarge",
        ProblemReason.UnsupportedValue => "UnsupportedValue",
        ProblemReason.GatewayNotAllowed or ProblemReason.DomainNotAllowed => "NotAllowedByPolicy",
        ProblemReason.ReferenceNotRead => Conditions.Answer.Pending,
        ProblemReason.ReferenceForbidden => "ReferenceForbidden",
        ProblemReason.ReferenceUnreadable => "ReferenceUnreadable",
        ProblemReason.SessionKeyUnavailable => "SessionKeyUnavailable",
        _ => "Invalid",
    };

    /// <summary>What is missing may arrive with the same commit; everything else waits for somebody.</summary>
    public static bool NeedsEdit(Problem problem) => problem.Reason switch
    {
        ProblemReason.TrustBundleNotFound
            or ProblemReason.TrustBundleNotUsable
            or ProblemReason.ReferenceNotPermitted
            or ProblemReason.ServiceNotFound
            or ProblemReason.ServicePortNotFound
            or ProblemReason.SourceNotFound
            or ProblemReason.KeyNotFound
            or ProblemReason.RouteCertificateNotFound
            or ProblemReason.ClientCertificateNotFound
            or ProblemReason.GatewayNotDeclared
            or ProblemReason.ReferenceNotRead
            or ProblemReason.ReferenceForbidden
            or ProblemReason.ReferenceUnreadable
            or ProblemReason.SessionKeyUnavailable
            or ProblemReason.ShardsFull => false,
        _ => true,
    };
}
