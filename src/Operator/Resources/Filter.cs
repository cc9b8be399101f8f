namespace Portcullis.Operator.Resources;

/// <summary>A union by type: exactly the field that belongs to the type is set.</summary>
public sealed record Filter
{
    public required FilterType Type { get; init; }

    public HeaderModifier? RequestHeaderModifier { get; init; }

    public HeaderModifier? ResponseHeaderModifier { get; init; }

    public RequestRedirect? RequestRedirect { get; init; }

    public UrlRewrite? UrlRewrite { get; init; }

    public ReverseMapping? ReverseMapping { get; init; }
}
