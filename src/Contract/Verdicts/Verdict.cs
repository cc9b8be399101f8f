using System.Text.Json.Serialization;

namespace Portcullis.Contract.Verdicts;

/// <summary>The answer about one certificate on one connection, with what it rests on.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "verdict")]
[JsonDerivedType(typeof(Trusted), "Trusted")]
[JsonDerivedType(typeof(Refused), "Refused")]
public abstract record Verdict
{
    private Verdict()
    {
    }

    public required Evidence Evidence { get; init; }

    /// <summary>The chain leads to <paramref name="Anchor"/> and one of the required names is in the leaf.</summary>
    public sealed record Trusted(CertificateFacts Anchor) : Verdict;

    /// <summary>Nothing may be sent. <see cref="VerdictText"/> says why in words.</summary>
    public sealed record Refused(VerdictReason Reason) : Verdict;
}
