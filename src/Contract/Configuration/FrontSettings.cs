namespace Portcullis.Contract.Configuration;

/// <summary>How clients reach one route.</summary>
public sealed record FrontSettings
{
    public PlainHttp Http { get; init; }

    /// <summary>Value of the header Strict-Transport-Security on every HTTPS answer (RFC 6797); null when it is not sent.</summary>
    public string? StrictTransportSecurity { get; init; }
}
