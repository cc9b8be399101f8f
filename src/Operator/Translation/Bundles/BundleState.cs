namespace Portcullis.Operator.Translation.Bundles;

/// <summary>What a route may expect of a bundle.</summary>
public enum BundleState
{
    /// <summary>It has anchors.</summary>
    InForce,

    /// <summary>Its content is readable and holds no anchor that is valid now: it adds nothing to what a backend trusts.</summary>
    Empty,

    /// <summary>A source that it needs has not been read yet, and nothing of it was ever in force.</summary>
    NotRead,

    /// <summary>It is not readable and never was: what it was meant to hold is unknown.</summary>
    Unknown,
}
