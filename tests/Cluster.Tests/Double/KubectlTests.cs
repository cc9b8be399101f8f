using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Portcullis.Cluster.Tests.Behaviour.Kit;
using Portcullis.Contract;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Processes;

namespace Portcullis.Cluster.Tests.Double;

/// <summary>The real kubectl at work on the double.</summary>
public sealed partial class KubectlTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private ApiServer? started;

    private ApiServer Server => started ?? throw new InvalidOperationException("It has not started.");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(IsInstalled("kubectl"), "kubectl is not installed");
        await using var version = RunningProcess.Start("kubectl", "kubectl", ImmutableDictionary<string, string>.Empty, ["version", "--client", "--output=yaml"]);
        await version.ExitAsync(Cancelled);

        // Older ones ask for the second version of OpenAPI, which only real servers have.
        Assert.SkipUnless(MinorVersion().Match(version.Printed) is { Success: true } minor && int.Parse(minor.Groups[1].ValueSpan, CultureInfo.InvariantCulture) >= 27, "kubectl is older than 1.27");
        started = await ApiServer.StartAsync(Cancelled);
        folder.Write("kubeconfig", Server.Kubeconfig(Server.AdminToken));
    }

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        if (started is not null)
        {
            await started.DisposeAsync();
        }
    }

    [Fact]
    public async Task Definitions_and_resources_are_applied_shown_and_deleted()
    {
        await KubectlAsync("apply", "--server-side", "-f", Path.Combine(AppContext.BaseDirectory, "crds"));
        var bundle = folder.Write("bundle.yaml", Objects.TrustBundle("portcullis.dev", "corp").ToJsonString());

        var applied = await KubectlAsync("apply", "--server-side", "-f", bundle);
        var again = await KubectlAsync("apply", "--server-side", "-f", bundle);
        var shown = await KubectlAsync("get", "trustbundles", "corp", "-o", "yaml");
        var listed = await KubectlAsync("get", "tbundle", "-A");

        Assert.Contains("trustbundle.portcullis.dev/corp serverside-applied", applied, StringComparison.Ordinal);
        Assert.Contains("serverside-applied", again, StringComparison.Ordinal);
        Assert.Contains("key: ca.crt", shown, StringComparison.Ordinal);
        Assert.Contains("corp", listed, StringComparison.Ordinal);
        await KubectlAsync("delete", "-f", bundle);
        Assert.Null(Server.Objects.Find("TrustBundle", new ResourceKey("default", "corp")));
    }

    [Fact]
    public async Task A_misspelt_field_is_refused()
    {
        var map = folder.Write("map.yaml", Objects.ConfigMap("a").With(content => content["dat"] = "x").ToJsonString());
        await using var kubectl = Kubectl("create", "-f", map);

        Assert.NotEqual(0, await kubectl.ExitAsync(Cancelled));
        Assert.Contains("unknown field \"dat\"", kubectl.Printed, StringComparison.Ordinal);
    }

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        await using var kubectl = Kubectl(arguments);
        Assert.True(await kubectl.ExitAsync(Cancelled) == 0, kubectl.Printed);

        return kubectl.Printed;
    }

    private RunningProcess Kubectl(params string[] arguments) => RunningProcess.Start(
        "kubectl", "kubectl", ImmutableDictionary<string, string>.Empty.Add("HOME", folder.Path), [$"--kubeconfig={folder["kubeconfig"]}", .. arguments]);

    [GeneratedRegex("minor: \"?(\\d+)")]
    private static partial Regex MinorVersion();

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
