namespace Portcullis.Operator.Stores;

/// <summary>The store takes nothing at present, whatever it is.</summary>
/// <param name="message">In its words.</param>
/// <param name="retryAfter">When it asks to be tried again; null when it did not say.</param>
/// <param name="cause">The refusal.</param>
internal sealed class StoreBusyException(string message, TimeSpan? retryAfter, Exception cause) : Exception(message, cause)
{
    public TimeSpan? RetryAfter => retryAfter;
}
