namespace Portcullis.Contract.Configuration;

/// <summary>A header (name without regard to case) or query parameter (with) that must have exactly this value.</summary>
public sealed record NameValueMatch(string Name, string Value);
