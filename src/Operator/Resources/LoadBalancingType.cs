namespace Portcullis.Operator.Resources;

/// <summary>The ways an endpoint can be picked.</summary>
public enum LoadBalancingType
{
    PowerOfTwoChoices,
    RoundRobin,
    LeastRequests,
    Random,
}
