namespace Portcullis.Operator.Translation;

/// <summary>Whether somebody has to act before the key of session cookies can be read.</summary>
/// <param name="Message">Why and what to do; null when nobody has to.</param>
public sealed record SessionKeyProblem(string? Message);
