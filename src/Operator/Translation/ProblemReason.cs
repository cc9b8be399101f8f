namespace Portcullis.Operator.Translation;

/// <summary>Why a resource, or a part of it, is not served as declared. A closed set; codes and explanations are in <see cref="ProblemText"/>.</summary>
public enum ProblemReason
{
    InvalidValue,
    HostnameConflicted,
    TrustBundleNotFound,
    KeyNotFound,
    SourceNotFound,
    InvalidPem,
    PrivateKeyInSource,
    NoValidCACertificate,
    IntermediatesOnly,
    TooLarge,
    UnsupportedValue,
    ReferenceNotPermitted,
    InvalidKind,
    ServiceNotFound,
    ServicePortNotFound,
    GatewayNotDeclared,
    GatewayNotAllowed,
    TrustBundleNotUsable,
    GatewayCertificateNotFound,
    GatewayCertificateUnusable,
    NoBackendTakesRequests,
    RouteCertificateNotFound,
    RouteCertificateUnusable,
}
