using System.Net;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Standalone;

/// <summary>The real gateway as a process of its own. It can be stopped and started again in the same place.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private readonly OperatorProcess @operator;
    private readonly string saved;
    private RunningProcess process;

    private GatewayProcess(OperatorProcess @operator, string saved, int httpsPort)
    {
        this.@operator = @operator;
        this.saved = saved;
        EndPoint = new IPEndPoint(IPAddress.Loopback, httpsPort);
        process = Launch();
    }

    /// <summary>The front, HTTPS.</summary>
    public IPEndPoint EndPoint { get; }

    public int HealthPort { get; } = FreePorts.Next();

    /// <summary>The run that is current; a restart replaces it.</summary>
    public RunningProcess Process => process;

    /// <param name="saved">The file that its last configuration is kept in.</param>
    /// <param name="httpsPort">0 takes a free one.</param>
    public static async Task<GatewayProcess> StartAsync(OperatorProcess @operator, string saved, int httpsPort, CancellationToken cancellationToken)
    {
        var started = new GatewayProcess(@operator, saved, httpsPort == 0 ? FreePorts.Next() : httpsPort);
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

    /// <inheritdoc cref="OperatorProcess.StartAgainAsync"/>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await process.DisposeAsync().ConfigureAwait(false);
        process = Launch();
        await ReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private RunningProcess Launch() => Programs.StartGateway(
        "run",
        "--name", "default",
        "--operator", @operator.Address.AbsoluteUri,
        "--operator-ca", @operator.CaFile,
        "--token-file", @operator.TokenFile,
        "--bundles", @operator.Bundles,
        "--saved", saved,
        "--https", $"127.0.0.1:{EndPoint.Port}",
        "--health", $"127.0.0.1:{HealthPort}",
        "--allow-network", "127.0.0.0/8");

    private Task ReadyAsync(CancellationToken cancellationToken) => process.WaitUntilAsync(IsReadyAsync, cancellationToken);

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var client = TestClient.InClearTo(new IPEndPoint(IPAddress.Loopback, HealthPort));
        try
        {
            using var answer = await client.GetAsync(new Uri("http://gateway/readyz"), cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
