namespace Portcullis.Contract.Configuration;

/// <summary>What clients' requests say about an endpoint.</summary>
public enum RequestFailures
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>Too many failures to connect, to verify or to get an answer take it out for a while. An answer is an answer, whatever its status.</summary>
    Count,
}
