using System.Collections.Immutable;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Standalone;

/// <summary>The built programs, beside whatever references their projects.</summary>
public static class Programs
{
    // A test shares its cores with many processes; a heap for each core, as servers have it, would be most of what these use.
    private static readonly ImmutableDictionary<string, string> Environment = ImmutableDictionary<string, string>.Empty
        .Add("DOTNET_gcServer", "0")
        .Add("DOTNET_TieredPGO", "0");

    public static RunningProcess StartOperator(params IEnumerable<string> arguments) => Start("operator", "Portcullis.Operator.dll", arguments);

    public static RunningProcess StartGateway(params IEnumerable<string> arguments) => Start("gateway", "Portcullis.Gateway.dll", arguments);

    /// <param name="environment">Beside what every program here gets.</param>
    /// <param name="arguments">Of its command line.</param>
    public static RunningProcess StartGateway(ImmutableDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        Start("gateway", "Portcullis.Gateway.dll", arguments, environment);

    private static RunningProcess Start(string name, string assembly, IEnumerable<string> arguments, ImmutableDictionary<string, string>? environment = null) =>
        RunningProcess.Start(name, Dotnet(), Environment.SetItems(environment ?? ImmutableDictionary<string, string>.Empty), [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]);

    // The very dotnet that runs this, if it is one: a machine may have several, or none on its path.
    private static string Dotnet() =>
        System.Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
}
