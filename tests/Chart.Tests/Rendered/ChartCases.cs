using System.Runtime.CompilerServices;
using Portcullis.Chart.Tests.Helm;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>
/// Each folder under Cases is a set of values, and what becomes of it: <c>values.yaml</c> in, <c>rendered.yaml</c> and <c>rights.md</c> out.
/// </summary>
internal static class ChartCases
{
    public static TheoryData<string> Names => [.. Directory.GetDirectories(Folder()).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static async Task<Rendering> RenderAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await HelmProgram.TemplateAsync(cancellationToken, "--values", Path.Combine(Folder(), name, "values.yaml"));

        return Rendering.Of(answer.Succeeded());
    }

    /// <summary>With a few values on top of the defaults, as <c>--set</c> takes them.</summary>
    public static async Task<Rendering> RenderWithAsync(string set, CancellationToken cancellationToken)
    {
        var answer = await HelmProgram.TemplateAsync(cancellationToken, "--set", set);

        return Rendering.Of(answer.Succeeded());
    }

    public static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "Cases");
}
