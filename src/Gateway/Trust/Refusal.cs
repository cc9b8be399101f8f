using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>Why a rule says no; a rule without objection answers null.</summary>
/// <param name="Detail">A phrase for <see cref="Evidence.Detail"/>; null when the rest of the evidence says it all.</param>
internal sealed record Refusal(VerdictReason Reason, string? Detail = null);
