namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Carries a refusal through the HTTP client to the request that waits for a connection.</summary>
internal sealed class BackendRefusedException(ConnectRefusal refusal, Exception? cause = null)
    : IOException($"The backend was refused: {refusal.Verdict.Reason}.", cause)
{
    public ConnectRefusal Refusal { get; } = refusal;
}
