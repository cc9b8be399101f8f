using System.Collections.Immutable;

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

public enum FilterType
{
    RequestHeaderModifier,
    ResponseHeaderModifier,
    RequestRedirect,
    URLRewrite,
    ReverseMapping,
}

public sealed record HeaderModifier
{
    public ImmutableArray<NameValue> Set { get; init; } = [];

    public ImmutableArray<NameValue> Add { get; init; } = [];

    public ImmutableArray<string> Remove { get; init; } = [];
}

public sealed record RequestRedirect
{
    public string? Scheme { get; init; }

    public string? Hostname { get; init; }

    public PathModifier? Path { get; init; }

    public int? Port { get; init; }

    public int? StatusCode { get; init; }
}

public sealed record UrlRewrite
{
    public string? Hostname { get; init; }

    public PathModifier? Path { get; init; }
}

public sealed record PathModifier
{
    public required PathModifierType Type { get; init; }

    public string? ReplaceFullPath { get; init; }

    public string? ReplacePrefixMatch { get; init; }
}

public enum PathModifierType
{
    ReplaceFullPath,
    ReplacePrefixMatch,
}

public sealed record ReverseMapping
{
    public Mapping Location { get; init; } = Mapping.Rewrite;

    public Mapping Cookies { get; init; } = Mapping.Rewrite;
}

public enum Mapping
{
    Rewrite,
    Passthrough,
}
