using System.Diagnostics.CodeAnalysis;

namespace Portcullis.Operator.Translation;

/// <summary>The code of each problem and what it means in general; the problem itself says what to do in particular.</summary>
public static class ProblemText
{
    /// <summary>Stable for ever. Numbers are never used again for another reason.</summary>
    public static string Code(ProblemReason reason) => reason switch
    {
        ProblemReason.InvalidValue => "PC1001",
        ProblemReason.HostnameConflicted => "PC1002",
        ProblemReason.TrustBundleNotFound => "PC1003",
        ProblemReason.KeyNotFound => "PC1004",
        ProblemReason.SourceNotFound => "PC1005",
        ProblemReason.InvalidPem => "PC1006",
        ProblemReason.PrivateKeyInSource => "PC1007",
        ProblemReason.NoValidCACertificate => "PC1008",
        ProblemReason.IntermediatesOnly => "PC1009",
        ProblemReason.TooLarge => "PC1010",
        ProblemReason.UnsupportedValue => "PC1011",
        ProblemReason.ReferenceNotPermitted => "PC1012",
        ProblemReason.InvalidKind => "PC1013",
        ProblemReason.ServiceNotFound => "PC1014",
        ProblemReason.ServicePortNotFound => "PC1015",
        ProblemReason.GatewayNotDeclared => "PC1016",
        ProblemReason.GatewayNotAllowed => "PC1017",
        ProblemReason.TrustBundleNotUsable => "PC1018",
        ProblemReason.GatewayCertificateNotFound => "PC1019",
        ProblemReason.GatewayCertificateUnusable => "PC1020",
        ProblemReason.NoBackendTakesRequests => "PC1021",
        ProblemReason.RouteCertificateNotFound => "PC1030",
        ProblemReason.RouteCertificateUnusable => "PC1031",
        ProblemReason.ClientCertificateNotFound => "PC1032",
        ProblemReason.ClientCertificateUnusable => "PC1033",
        ProblemReason.ReferenceNotRead => "PC1022",
        ProblemReason.ReferenceForbidden => "PC1023",
        ProblemReason.ReferenceUnreadable => "PC1024",
        ProblemReason.DomainNotAllowed => "PC1025",
        ProblemReason.ShardsFull => "PC1026",
        ProblemReason.SessionKeyUnavailable => "PC1027",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>What the code stands for, in one sentence.</summary>
    public static string Meaning(ProblemReason reason) => reason switch
    {
        ProblemReason.InvalidValue => "A field holds a value that cannot be meant.",
        ProblemReason.HostnameConflicted => "A hostname belongs to another namespace, because the oldest route that claims it on the gateway is there.",
        ProblemReason.TrustBundleNotFound => "A route is to be verified against a TrustBundle that does not exist.",
        ProblemReason.KeyNotFound => "A ConfigMap or Secret exists but has no entry of the given key; keys are never guessed.",
        ProblemReason.SourceNotFound => "A TrustBundle takes certificates from a ConfigMap or Secret that does not exist.",
        ProblemReason.InvalidPem => "A source of a TrustBundle is not a clean list of PEM certificates; what it last held stays in force.",
        ProblemReason.PrivateKeyInSource => "A source of a TrustBundle holds a private key; it is refused whole.",
        ProblemReason.NoValidCACertificate => "A TrustBundle holds no certificate that may anchor trust now.",
        ProblemReason.IntermediatesOnly => "A TrustBundle holds intermediate certificates but not the root they lead to; only roots anchor trust.",
        ProblemReason.TooLarge => "A TrustBundle is larger than 256 KiB when compiled.",
        ProblemReason.UnsupportedValue => "A field or value that this version does not implement; it is refused instead of being ignored.",
        ProblemReason.ReferenceNotPermitted => "A reference leads to another namespace, and nothing that may be used from here is there.",
        ProblemReason.InvalidKind => "A reference names a kind of resource that cannot be used in its place.",
        ProblemReason.ServiceNotFound => "A backend is a Service that does not exist.",
        ProblemReason.ServicePortNotFound => "A backend's Service has no such TCP port.",
        ProblemReason.GatewayNotDeclared => "A route names a gateway that the operator was not told about.",
        ProblemReason.GatewayNotAllowed => "A route names a gateway that is closed to its namespace.",
        ProblemReason.TrustBundleNotUsable => "A route is to be verified against a TrustBundle of which nothing is in force.",
        ProblemReason.GatewayCertificateNotFound => "The Secret declared as a gateway's default certificate does not exist.",
        ProblemReason.GatewayCertificateUnusable => "The Secret declared as a gateway's default certificate does not hold a certificate with its key.",
        ProblemReason.NoBackendTakesRequests => "Every backend of a rule has the weight 0.",
        ProblemReason.RouteCertificateNotFound => "The Secret with the certificate for a route's hostnames does not exist, or may not be read.",
        ProblemReason.RouteCertificateUnusable => "The Secret for a route's hostnames does not hold a certificate for them with its key.",
        ProblemReason.ClientCertificateNotFound => "The Secret with the certificate to be shown to a backend does not exist, or may not be read.",
        ProblemReason.ClientCertificateUnusable => "The Secret for a backend does not hold a certificate with its key.",
        ProblemReason.ReferenceNotRead => "The API server has not told yet whether what is referred to exists; what was served before stays until it has.",
        ProblemReason.ReferenceForbidden => "The operator may not read what is referred to.",
        ProblemReason.ReferenceUnreadable => "What is referred to is of a kind, or has a content, that this operator cannot read.",
        ProblemReason.DomainNotAllowed => "A hostname lies under a domain that only other namespaces may claim.",
        ProblemReason.SessionKeyUnavailable => "A backend asks for session persistence, and the operator does not get at the key that session cookies are sealed with.",
        ProblemReason.ShardsFull => "The ConfigMaps that carry a gateway's trust bundles have no room for the newest content of a TrustBundle.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public static bool TryFind(string code, [NotNullWhen(true)] out ProblemReason? reason)
    {
        reason = Enum.GetValues<ProblemReason>().Cast<ProblemReason?>().FirstOrDefault(candidate => Code(candidate!.Value) == code);
        return reason is not null;
    }
}
