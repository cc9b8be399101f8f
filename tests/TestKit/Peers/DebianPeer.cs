using System.Collections.Immutable;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Peers;

/// <summary>
/// A web server from Debian as a process of our own: its configuration lives in a folder of the test, and no service of the system is touched.
/// </summary>
public sealed class DebianPeer : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly RunningProcess process;

    private DebianPeer(TemporaryFolder folder, RunningProcess process)
    {
        this.folder = folder;
        this.process = process;
    }

    /// <summary>The requests that were answered: one line each, with host, target, protocol, status and SNI.</summary>
    public ImmutableArray<string> AccessLog => File.Exists(AccessLogPath(folder)) ? [.. File.ReadAllLines(AccessLogPath(folder))] : [];

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await process.TerminateAsync(patience.Token).ConfigureAwait(false);
        await process.DisposeAsync().ConfigureAwait(false);
        folder.Dispose();
    }

    internal static string AccessLogPath(TemporaryFolder folder) => folder["access.log"];

    /// <param name="sites">What it is to serve.</param>
    /// <param name="start">Writes the configuration and starts the program.</param>
    internal static async Task<DebianPeer> StartAsync(
        ImmutableArray<PeerSite> sites, Func<TemporaryFolder, ImmutableArray<PeerFiles>, RunningProcess> start, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        OpenToWorkers(folder);
        folder.Write("www/index.html", "hello from a real web server\n");
        var peer = new DebianPeer(folder, start(folder, [.. sites.Select((site, number) => PeerFiles.Write(folder, number, site))]));
        await Task.WhenAll(sites.Select(site => site.Port).Distinct().Select(port => peer.ListeningAsync(port, cancellationToken))).ConfigureAwait(false);

        return peer;
    }

    // A server started by root serves as another user, who must reach the pages.
    private static void OpenToWorkers(TemporaryFolder folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, File.GetUnixFileMode(folder.Path) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    private Task ListeningAsync(int port, CancellationToken cancellationToken) =>
        process.WaitUntilAsync(attempt => Listener.AcceptsAsync(port, attempt), cancellationToken);
}
