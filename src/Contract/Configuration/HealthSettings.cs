namespace Portcullis.Contract.Configuration;

/// <summary>How a gateway notices endpoints that are not worth a request.</summary>
public sealed record HealthSettings
{
    /// <summary>Null when endpoints are not probed.</summary>
    public HealthProbes? Probes { get; init; }

    public RequestFailures RequestFailures { get; init; }
}
