namespace Portcullis.Operator.Resources;

/// <summary>The kinds of filter.</summary>
public enum FilterType
{
    RequestHeaderModifier,
    ResponseHeaderModifier,
    RequestRedirect,
    URLRewrite,
    ReverseMapping,
}
