using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Portcullis.Operator.Tests.Delivery;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>One gateway as a process of its own, at the end of a stream whose other end is in the test.</summary>
internal sealed class SoakGateway(OperatorEnd @operator, string bundles, ImmutableDictionary<string, string> environment, params string[] further) : IAsyncDisposable
{
    private RunningProcess? process;

    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, FreePorts.Next());

    /// <summary>Without TLS.</summary>
    public IPEndPoint Plain { get; } = new(IPAddress.Loopback, FreePorts.Next());

    public IPEndPoint Health { get; } = new(IPAddress.Loopback, FreePorts.Next());

    public RunningProcess Process => process ?? throw new InvalidOperationException("not started");

    /// <summary>In MiB, as the kernel counts it.</summary>
    public long ResidentMemory => Status("VmRSS:");

    /// <summary>The most that it ever was, in MiB.</summary>
    public long PeakMemory => Status("VmHWM:");

    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{Process.Id}/fd").Length;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        process = Programs.StartGateway(
            environment,
            [
                "run", "--operator", @operator.Address.AbsoluteUri, "--operator-ca", @operator.CaFile, "--token-file", @operator.TokenFile, "--bundles", bundles,
                "--https", EndPoint.ToString(), "--http", Plain.ToString(), "--health", Health.ToString(), "--allow-network", "127.0.0.0/8", .. further,
            ]);
        await process.WaitUntilAsync(IsReadyAsync, cancellationToken);
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var client = TestClient.InClearTo(Health);
        try
        {
            using var answer = await client.GetAsync(new Uri("http://gateway/readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{Process.Id}/status").Single(candidate => candidate.StartsWith(name, StringComparison.Ordinal));

        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
