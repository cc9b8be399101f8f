namespace Portcullis.Operator.Resources;

/// <summary>Whether a response field is mapped or passed on as it is.</summary>
public enum Mapping
{
    Rewrite,
    Passthrough,
}
