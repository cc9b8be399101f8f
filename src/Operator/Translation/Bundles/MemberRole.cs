namespace Portcullis.Operator.Translation.Bundles;

/// <summary>What a certificate of a bundle can do, its dates apart.</summary>
public enum MemberRole
{
    /// <summary>Self-issued: chains may end here. Without CA:TRUE it admits only itself.</summary>
    Anchor,

    /// <summary>A CA that another issued: helps to build chains, never ends one.</summary>
    Intermediate,

    /// <summary>Issued by another and not a CA: of no use in a bundle.</summary>
    NotAnAnchor,
}
