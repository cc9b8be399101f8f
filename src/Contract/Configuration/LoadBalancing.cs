namespace Portcullis.Contract.Configuration;

public enum LoadBalancing
{
    PowerOfTwoChoices,
    RoundRobin,
    LeastRequests,
    Random,
}
