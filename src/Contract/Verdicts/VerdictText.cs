namespace Portcullis.Contract.Verdicts;

/// <summary>
/// The words of a verdict: code, one-line message and remedy. Status, events, logs, metrics, command line and Proxy-Status use these and no others (P8).
/// </summary>
public static class VerdictText
{
    /// <summary>Stable for ever: <c>PC2001</c> and so on. Numbers are never used again for another reason.</summary>
    public static string Code(VerdictReason reason) => throw new NotImplementedException(reason.ToString());

    /// <summary>What happened and where, one line, no volatile values.</summary>
    public static string Message(Verdict.Refused refused) => throw new NotImplementedException(refused.ToString());

    /// <summary>What to do, one line.</summary>
    public static string Remedy(Verdict.Refused refused) => throw new NotImplementedException(refused.ToString());
}
