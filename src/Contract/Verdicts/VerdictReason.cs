namespace Portcullis.Contract.Verdicts;

/// <summary>Why a backend was refused. A closed set; each has a code, a text and a remedy in <see cref="VerdictText"/>.</summary>
public enum VerdictReason
{
    UnknownAuthority,
    IncompleteChain,
    IntermediateOnlyBundle,
    SelfSignedNotTrusted,
    HostnameMismatch,
    DefaultCertificate,
    NoSubjectAltName,
    CertificateExpired,
    CertificateNotYetValid,
    AnchorExpired,
    WrongKeyUsage,
    PinMismatch,
    WeakSignature,
    WeakKey,
    NameConstraintViolated,
    TooManyCertificates,
    MalformedCertificate,
    ProtocolVersionRejected,
    ClientCertificateRejected,
    PlaintextBackend,
    Unreachable,
    ForbiddenAddress,
    TrustNotMounted,
}
