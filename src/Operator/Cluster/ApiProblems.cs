namespace Portcullis.Operator.Cluster;

/// <summary>Why there was no answer, for people.</summary>
internal static class ApiProblems
{
    /// <summary>The innermost cause says what the outer ones only allude to, such as which name a certificate lacks.</summary>
    public static string TextOf(Exception failure)
    {
        var cause = failure;

        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause == failure ? failure.Message : $"{failure.Message} ({cause.Message})";
    }
}
