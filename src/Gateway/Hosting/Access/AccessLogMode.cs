namespace Portcullis.Gateway.Hosting.Access;

/// <summary>Which requests are logged, a line each.</summary>
internal enum AccessLogMode
{
    None,

    /// <summary>Those that the gateway answered itself, that broke off, and those that a backend answered with 5xx.</summary>
    Failures,

    All,
}
