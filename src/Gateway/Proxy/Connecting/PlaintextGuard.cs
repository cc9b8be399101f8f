namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>
/// The last look before HTTP is spoken. HTTP/1.1 backends have <c>http</c> addresses, so that one pool serves every Host; only this and the connector stand
/// between such an address and clear text (P1).
/// </summary>
internal static class PlaintextGuard
{
    /// <exception cref="InvalidOperationException">The stream is not one that was verified here.</exception>
    public static Stream Checked(Stream stream) => stream is VerifiedStream { IsVerified: true }
        ? stream
        : throw new InvalidOperationException("The connector returned a stream that is not verified; nothing is sent. Please report this as a bug.");
}
