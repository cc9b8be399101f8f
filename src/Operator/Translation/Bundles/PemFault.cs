namespace Portcullis.Operator.Translation.Bundles;

/// <summary>Why a text is not a clean list of certificates. It names lines and labels, never content: content may be a key (P9).</summary>
/// <param name="Reason"><see cref="ProblemReason.InvalidPem"/> or <see cref="ProblemReason.PrivateKeyInSource"/>.</param>
/// <param name="Text">A clause that goes on after the name of the source: "holds …", "is …".</param>
/// <param name="Remedy">A whole sentence.</param>
internal sealed record PemFault(ProblemReason Reason, string Text, string Remedy);
