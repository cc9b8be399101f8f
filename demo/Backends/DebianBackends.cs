using System.Collections.Immutable;
using Portcullis.Demo.Scenarios;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Processes;

namespace Portcullis.Demo.Backends;

/// <summary>Every scenario twice: behind nginx and behind Apache, as Debian has them.</summary>
internal sealed class DebianBackends : IDemoBackends
{
    private readonly ImmutableArray<DebianPeer> peers;

    private DebianBackends(ImmutableArray<DebianPeer> peers, ImmutableArray<ServedScenario> served)
    {
        this.peers = peers;
        Served = served;
    }

    public ImmutableArray<ServedScenario> Served { get; }

    /// <summary>What is missing, in words; null when both are there.</summary>
    public static string? Missing => (Nginx.IsInstalled, Apache.IsInstalled) switch
    {
        (true, true) => null,
        (false, true) => "nginx is not installed: apt-get install nginx-light",
        (true, false) => "Apache is not installed: apt-get install apache2",
        _ => "nginx and Apache are not installed: apt-get install nginx-light apache2",
    };

    public static async Task<DebianBackends> StartAsync(ImmutableArray<Scenario> scenarios, CancellationToken cancellationToken)
    {
        var nginx = Place(scenarios, "nginx");
        var apache = Place(scenarios, "apache");

        return new DebianBackends(
            [
                await Nginx.StartAsync(Sites(nginx), cancellationToken).ConfigureAwait(false),
                await Apache.StartAsync(Sites(apache), cancellationToken).ConfigureAwait(false),
            ],
            [.. nginx, .. apache]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in peers)
        {
            await peer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ImmutableArray<ServedScenario> Place(ImmutableArray<Scenario> scenarios, string server) =>
        [.. scenarios.Select(scenario => new ServedScenario(scenario, server, FreePorts.Next(), null))];

    private static ImmutableArray<PeerSite> Sites(ImmutableArray<ServedScenario> served) => [.. served.SelectMany(SitesOf)];

    private static IEnumerable<PeerSite> SitesOf(ServedScenario served)
    {
        yield return new PeerSite(served.Port, $"default.{served.Scenario.Name}", served.Scenario.Default);
        if (served.Scenario.VirtualHost is var (name, chain))
        {
            yield return new PeerSite(served.Port, name, chain);
        }
    }
}
