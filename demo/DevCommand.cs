using Portcullis.Demo.Dev;
using Portcullis.Demo.Manifests;
using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.Demo;

/// <summary><c>make dev</c>.</summary>
internal static class DevCommand
{
    private const string Namespace = "portcullis-dev";

    public static async Task<int> ExecuteAsync(string samples, int port, string path, CancellationToken cancellationToken)
    {
        try
        {
            await ServeAsync(samples, port, DemoFolder.Create(path), cancellationToken).ConfigureAwait(false);
            return 0;
        }
        catch (Exception ended) when (ended is OperationCanceledException or ProcessEndedException && cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C reaches the programs as well, so they may have ended first.
            Say("stopped");
            return 0;
        }
        catch (Exception broken) when (broken is ProcessEndedException or IOException)
        {
            Say(broken.Message);
            return 1;
        }
    }

    private static async Task ServeAsync(string samples, int port, DemoFolder folder, CancellationToken cancellationToken)
    {
        using var pki = new DemoPki(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(folder.RootFile, pki.Root.Pem, cancellationToken).ConfigureAwait(false);
        await using var backends = await SampleBackends.StartAsync(pki, cancellationToken).ConfigureAwait(false);
        folder.WriteManifest("front.yaml", DemoManifests.Front(Namespace, pki.Chain("*.example.com")));
        var mirror = new SampleFolder(samples, folder, new SampleValues(pki.Root.Pem, backends.Pin));
        mirror.Mirror();

        await using var @operator = await OperatorProcess.StartAsync(
            folder.Manifests, folder.State, $"{Namespace}/{DemoManifests.FrontCertificate}", cancellationToken).ConfigureAwait(false);
        await using var gateway = await GatewayProcess.StartAsync(@operator, folder.Saved, port, cancellationToken).ConfigureAwait(false);
        Introduce(samples, port, folder);

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loops = new[]
        {
            mirror.KeepAsync(name => Say($"edited    {name}"), stopping.Token),
            RelayAsync(@operator.Process, stopping.Token),
            RelayAsync(gateway.Process, stopping.Token),
        };
        await (await Task.WhenAny(loops).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static void Introduce(string samples, int port, DemoFolder folder)
    {
        var root = Path.GetRelativePath(".", folder.RootFile);
        Console.WriteLine($"""
            Serving {samples}/ at https://127.0.0.1:{port}; edits are picked up within a second, Ctrl-C stops everything.

              curl --cacert {root} --connect-to ::127.0.0.1:{port} https://orders.example.com/
              cat {Path.GetRelativePath(".", Path.Combine(folder.State, "status", "backendroute"))}/*

            """);
    }

    /// <summary>Says what a program says, and ends with an error when it does.</summary>
    private static async Task RelayAsync(RunningProcess process, CancellationToken cancellationToken)
    {
        var said = 0;
        var ended = process.ExitAsync(cancellationToken);
        while (!ended.IsCompleted)
        {
            var more = process.Output.WaitAsync(lines => lines.Length > said, cancellationToken);
            await Task.WhenAny(more, ended).ConfigureAwait(false);
            foreach (var line in process.Output.Entries.Skip(said))
            {
                Say($"{process.Name,-9} {line}");
                said++;
            }
        }

        await ended.ConfigureAwait(false);
        throw new ProcessEndedException(process.Name, process.ExitCode, []);
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
