using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Portcullis.Demo.Backends;
using Portcullis.Demo.Manifests;
using Portcullis.Demo.Running;
using Portcullis.Demo.Scenarios;
using Portcullis.TestKit.Processes;

namespace Portcullis.Demo;

/// <summary><c>make demo</c>.</summary>
internal static class RunCommand
{
    private const int AsExpected = 0;
    private const int NotAsExpected = 1;

    public static async Task<int> ExecuteAsync(DemoBackends kind, string path, CancellationToken cancellationToken)
    {
        if (kind == DemoBackends.Debian && DebianBackends.Missing is { } missing)
        {
            Say(missing);
            return NotAsExpected;
        }

        try
        {
            return Report(path, await OutcomesAsync(kind, DemoFolder.Create(path), cancellationToken).ConfigureAwait(false));
        }
        catch (ProcessEndedException ended)
        {
            Say(ended.Message);
            return NotAsExpected;
        }
    }

    private static async Task<ImmutableArray<Outcome>> OutcomesAsync(DemoBackends kind, DemoFolder folder, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        using var pki = new DemoPki(TimeProvider.System.GetUtcNow());
        var scenarios = DemoScenarios.All(pki);
        await File.WriteAllTextAsync(folder.RootFile, pki.Root.Pem, cancellationToken).ConfigureAwait(false);
        Say($"pki       {Path.GetRelativePath(".", folder.RootFile)}: {pki.Root.Subject} > {pki.Issuing.Subject}, and {pki.UnknownRoot.Subject}, all thrown away");

        await using var backends = await StartAsync(kind, scenarios, cancellationToken).ConfigureAwait(false);
        Say($"backends  {backends.Served.Length} real servers on 127.0.0.1 ({Described(kind)})");

        var outcomes = await DemoRun.OutcomesAsync(pki, backends, folder, Say, cancellationToken).ConfigureAwait(false);
        Say(string.Create(CultureInfo.InvariantCulture, $"done      in {started.Elapsed.TotalSeconds:0.0} s"));

        return outcomes;
    }

    private static async Task<IDemoBackends> StartAsync(DemoBackends kind, ImmutableArray<Scenario> scenarios, CancellationToken cancellationToken) =>
        kind == DemoBackends.Debian
            ? await DebianBackends.StartAsync(scenarios, cancellationToken).ConfigureAwait(false)
            : await EmbeddedBackends.StartAsync(scenarios, cancellationToken).ConfigureAwait(false);

    private static string Described(DemoBackends kind) => kind == DemoBackends.Debian ? "nginx and Apache from Debian" : "embedded";

    private static int Report(string path, ImmutableArray<Outcome> outcomes)
    {
        Say("");
        foreach (var line in OutcomeTable.Lines(outcomes))
        {
            Console.WriteLine(line);
        }

        if (outcomes.FirstOrDefault(outcome => outcome.Served.Scenario.Expected is not null) is { } refused)
        {
            Console.WriteLine();
            Console.WriteLine($"What to do about each is in its status: {path}/state/status/backendroute/{DemoManifests.Namespace}.{refused.Served.Route}.yaml");
        }

        var unexpected = outcomes.Count(outcome => !outcome.IsAsExpected);
        Console.WriteLine();
        Console.WriteLine(unexpected == 0
            ? $"All {outcomes.Length} as expected. Next: make dev   (serves samples/ and picks up your edits)"
            : $"{unexpected} of {outcomes.Length} not as expected.");

        return unexpected == 0 ? AsExpected : NotAsExpected;
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
