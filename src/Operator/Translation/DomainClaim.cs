using System.Collections.Immutable;

namespace Portcullis.Operator.Translation;

/// <summary>Only routes of these namespaces may claim this domain and the names under it.</summary>
/// <param name="Domain">Such as <c>example.com</c>, in lower case.</param>
/// <param name="Namespaces">At least one.</param>
public sealed record DomainClaim(string Domain, ImmutableArray<string> Namespaces);
