namespace Portcullis.Operator.Translation;

/// <summary>One mistake of a user: what is wrong, where, and what to do. It becomes a condition word for word and never quotes content of a Secret.</summary>
/// <param name="Reason">Decides the code and the condition.</param>
/// <param name="Field">Path of the field, such as <c>spec.backends[0].serviceRef</c>.</param>
/// <param name="Message">Whole sentences; the last one says what to do.</param>
public sealed record Problem(ProblemReason Reason, string Field, string Message)
{
    public string Code => ProblemText.Code(Reason);

    public override string ToString() => $"{Code} {Field}: {Message}";
}
