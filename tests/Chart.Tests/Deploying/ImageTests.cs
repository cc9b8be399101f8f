using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Portcullis.Architecture.Tests;
using Portcullis.Chart.Tests.Rendered;

namespace Portcullis.Chart.Tests.Deploying;

/// <summary>What the Dockerfiles say, held to the repository and to the chart. (Building them takes a container engine.)</summary>
public sealed class ImageTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("operator", "Operator")]
    [InlineData("gateway", "Gateway")]
    public void Everything_that_is_copied_is_there_and_let_through(string image, string project)
    {
        var copied = Instructions(image, "COPY").Where(words => words[0] != "--from=build").SelectMany(words => words[..^1]).ToArray();
        var let = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();

        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{path} is not there."));
        Assert.All(copied, path => Assert.Contains(let, allowed => path == allowed || path.StartsWith(allowed + "/", StringComparison.Ordinal)));
        Assert.All(References(project), reference => Assert.Contains(reference, copied));
    }

    [Theory]
    [InlineData("operator", "Operator")]
    [InlineData("gateway", "Gateway")]
    public void The_runtime_is_the_frameworks_and_the_program_is_run_by_number_without_a_shell(string image, string project)
    {
        var framework = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("TargetFramework").Single().Value;

        Assert.All(Instructions(image, "FROM"), words => Assert.Contains(words, word => word.Contains($":{framework["net".Length..]}-", StringComparison.Ordinal)));
        Assert.Equal(["1654:1654"], Assert.Single(Instructions(image, "USER")));
        Assert.Equal($"[\"dotnet\", \"Portcullis.{project}.dll\"]", string.Join(' ', Assert.Single(Instructions(image, "ENTRYPOINT"))));
        Assert.All(Instructions(image, "RUN"), words => Assert.StartsWith("[\"dotnet\",", words[0], StringComparison.Ordinal));
        Assert.Contains(Instructions(image, "RUN"), words => words.Contains("\"--locked-mode\"]"));
    }

    [Fact]
    public async Task The_ports_and_the_user_are_the_charts()
    {
        var rendering = await ChartCases.RenderAsync("default-values", cancellation);

        foreach (var deployment in rendering.Deployments)
        {
            var image = deployment.Name["portcullis-".Length..];
            var ports = deployment.Container["ports"]!.AsArray().Select(port => port!["containerPort"]!.GetValue<long>().ToString(CultureInfo.InvariantCulture));

            Assert.Equal(ports, Assert.Single(Instructions(image, "EXPOSE")));
            Assert.Equal("1654", deployment.Pod["securityContext"]!["runAsUser"]!.ToJsonString());
        }
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, "src", project, reference.Attribute("Include")!.Value))));

    private static ImmutableArray<string[]> Instructions(string image, string name) =>
    [
        .. File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "images", $"{image}.Dockerfile"))
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]),
    ];
}
