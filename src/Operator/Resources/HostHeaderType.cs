namespace Portcullis.Operator.Resources;

/// <summary>Where the Host header comes from.</summary>
public enum HostHeaderType
{
    Preserve,
    Backend,
    Literal,
}
