using Portcullis.Architecture.Tests;
using Portcullis.TestKit.Processes;

namespace Portcullis.Chart.Tests.Helm;

/// <summary>The real helm, as tests/install-peers.sh installs it, or the one that <c>HELM</c> names.</summary>
internal static class HelmProgram
{
    public const string Missing = "helm is not installed; tests/install-peers.sh does it";

    // What is rendered is a function of it, and helm's own default is older than the chart admits.
    private const string KubernetesVersion = "1.33.0";

    private static readonly string Program = Environment.GetEnvironmentVariable("HELM")
        ?? Path.Combine(Repository.Root, "tests", "tools", "node_modules", ".bin", "helm");

    public static string Chart { get; } = Path.Combine(Repository.Root, "deploy", "helm", "portcullis");

    public static bool IsInstalled => File.Exists(Program);

    public static Task<HelmAnswer> LintAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken, "lint", "--strict", Chart);

    /// <summary>What release <c>portcullis</c> in namespace <c>portcullis-system</c> would be.</summary>
    public static Task<HelmAnswer> TemplateAsync(CancellationToken cancellationToken, params ReadOnlySpan<string> arguments) =>
        RunAsync(cancellationToken, ["template", "portcullis", Chart, "--namespace", "portcullis-system", "--kube-version", KubernetesVersion, .. arguments]);

    public static async Task<HelmAnswer> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled, Missing);
        using var home = new TemporaryFolder();
        var start = new System.Diagnostics.ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var folder in (string[])["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"])
        {
            start.Environment[folder] = home.Path;
        }

        // Nothing here may reach a cluster that the developer happens to be logged in to.
        start.Environment["KUBECONFIG"] = "/dev/null";

        using var process = System.Diagnostics.Process.Start(start)!;
        var printed = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);

        return new HelmAnswer(process.ExitCode, await printed, await errors);
    }
}
