using System.Collections.Immutable;
using Portcullis.Demo.Scenarios;
using Portcullis.TestKit.Backends;

namespace Portcullis.Demo.Backends;

/// <summary>Kestrel in this process: needs nothing, and counts every byte that arrives.</summary>
internal sealed class EmbeddedBackends : IDemoBackends
{
    private readonly List<IAsyncDisposable> servers = [];

    private EmbeddedBackends()
    {
    }

    public ImmutableArray<ServedScenario> Served { get; private set; } = [];

    public static async Task<EmbeddedBackends> StartAsync(ImmutableArray<Scenario> scenarios, CancellationToken cancellationToken)
    {
        var backends = new EmbeddedBackends();
        foreach (var scenario in scenarios)
        {
            backends.Served = backends.Served.Add(await backends.ServeAsync(scenario, cancellationToken).ConfigureAwait(false));
        }

        return backends;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<ServedScenario> ServeAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        if (scenario.Default is null)
        {
            var plaintext = PlaintextServer.Start();
            servers.Add(plaintext);
            return new ServedScenario(scenario, "", plaintext.Port, () => plaintext.BytesBeyondHandshake);
        }

        var options = new TlsBackendOptions { Name = scenario.Name, Default = scenario.Default };
        if (scenario.VirtualHost is var (name, chain))
        {
            options = options with { VirtualHosts = options.VirtualHosts.Add(name, chain) };
        }

        var backend = await TlsBackend.StartAsync(options, cancellationToken).ConfigureAwait(false);
        servers.Add(backend);

        return new ServedScenario(scenario, "", backend.Port, () => backend.ApplicationBytes);
    }
}
