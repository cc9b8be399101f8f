namespace Portcullis.Gateway.Proxy.Health;

/// <summary>What one more observation changed for an endpoint.</summary>
internal enum HealthChange
{
    None,
    WentOut,
    CameBack,
}
