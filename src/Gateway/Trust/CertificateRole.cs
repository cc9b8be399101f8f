namespace Portcullis.Gateway.Trust;

/// <summary>What a certificate of a bundle can do.</summary>
internal enum CertificateRole
{
    /// <summary>Self-issued: may end a chain; without CA:TRUE it admits only itself.</summary>
    Anchor,

    /// <summary>A CA certificate issued by another: helps to build, never anchors.</summary>
    Intermediate,

    /// <summary>A certificate that another issued and that may issue none: of no use in a bundle.</summary>
    NotAnAnchor,
}
