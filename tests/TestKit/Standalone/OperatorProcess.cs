using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Standalone;

/// <summary>The real operator over a manifest folder, as a process of its own. It can be stopped and started again in the same place.</summary>
public sealed class OperatorProcess : IAsyncDisposable
{
    private readonly string manifests;
    private readonly string state;
    private readonly string? defaultCertificate;
    private RunningProcess process;

    private OperatorProcess(string manifests, string state, string? defaultCertificate)
    {
        this.manifests = manifests;
        this.state = state;
        this.defaultCertificate = defaultCertificate;
        process = Launch();
    }

    public int Port { get; } = FreePorts.Next();

    public Uri Address => new($"https://127.0.0.1:{Port}");

    public string CaFile => Path.Combine(state, "link", "ca.crt");

    public string TokenFile => Path.Combine(state, "link", "token");

    public string Bundles => Path.Combine(state, "bundles");

    public string Statuses => Path.Combine(state, "status");

    /// <summary>The run that is current; a restart replaces it.</summary>
    public RunningProcess Process => process;

    /// <param name="defaultCertificate"><c>namespace/name</c> of a TLS Secret among the manifests.</param>
    public static async Task<OperatorProcess> StartAsync(string manifests, string state, string? defaultCertificate, CancellationToken cancellationToken)
    {
        var started = new OperatorProcess(manifests, state, defaultCertificate);
        try
        {
            await started.ReadyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nobody has it yet who could end it.
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return started;
    }

    /// <summary>After <see cref="RunningProcess.KillAsync"/> or <see cref="RunningProcess.TerminateAsync"/>: the same operator once more.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await process.DisposeAsync().ConfigureAwait(false);
        process = Launch();
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private RunningProcess Launch() => Programs.StartOperator([
        "run", "--manifests", manifests, "--state", state, "--listen", $"127.0.0.1:{Port}",
        .. defaultCertificate is null ? Array.Empty<string>() : ["--default-certificate", defaultCertificate],
    ]);

    private Task ReadyAsync(CancellationToken cancellationToken) => process.WaitUntilAsync(
        async attempt => File.Exists(CaFile) && File.Exists(TokenFile) && await Listener.AcceptsAsync(Port, attempt).ConfigureAwait(false),
        cancellationToken);
}
