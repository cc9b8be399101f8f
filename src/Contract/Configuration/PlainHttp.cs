namespace Portcullis.Contract.Configuration;

/// <summary>What a request over plain HTTP gets.</summary>
public enum PlainHttp
{
    /// <summary>Sent to the same address over HTTPS, with 308.</summary>
    Redirect,

    /// <summary>Served like one over HTTPS.</summary>
    Serve,

    /// <summary>404: the route is not there.</summary>
    Off,
}
