namespace Portcullis.Demo.Scenarios;

/// <summary>A scenario on a port.</summary>
/// <param name="Server">What serves it; part of its route's name when there are several.</param>
internal sealed record ServedScenario(Scenario Scenario, string Server, int Port, Func<long>? ApplicationBytes)
{
    public string Route => Server.Length == 0 ? Scenario.Name : $"{Server}-{Scenario.Name}";

    public string Host => $"{Route}.demo.test";
}
