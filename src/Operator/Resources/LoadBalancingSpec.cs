namespace Portcullis.Operator.Resources;

/// <summary>How an endpoint is picked.</summary>
public sealed record LoadBalancingSpec
{
    public LoadBalancingType Type { get; init; } = LoadBalancingType.PowerOfTwoChoices;
}
