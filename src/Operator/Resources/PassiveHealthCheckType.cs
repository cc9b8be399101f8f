namespace Portcullis.Operator.Resources;

/// <summary>What counts against an endpoint.</summary>
public enum PassiveHealthCheckType
{
    TransportFailureRate,
}
