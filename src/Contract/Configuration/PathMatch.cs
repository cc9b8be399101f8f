namespace Portcullis.Contract.Configuration;

/// <summary>A path a rule takes; prefixes match whole segments.</summary>
public sealed record PathMatch(PathMatchType Type, string Value);
