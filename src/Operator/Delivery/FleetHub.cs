using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Fleet;

namespace Portcullis.Operator.Delivery;

/// <summary>Where the loop and the streams meet: newest configurations out, what the fleet says in. Nobody waits here for anybody.</summary>
internal sealed class FleetHub
{
    private readonly ImmutableSortedDictionary<string, ConfigurationFeed> feeds;
    private readonly Dictionary<string, FleetMember> members = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly DateTimeOffset? ledSince;

    /// <param name="gateways">Names of the declared gateways; no other may connect.</param>
    /// <param name="epoch">Higher than that of any operator before this one.</param>
    /// <param name="ledSince">When its term began; null without a cluster.</param>
    public FleetHub(IEnumerable<string> gateways, long epoch, DateTimeOffset? ledSince = null)
    {
        this.ledSince = ledSince;
        feeds = gateways.ToImmutableSortedDictionary(name => name, _ => new ConfigurationFeed(epoch), StringComparer.Ordinal);
        Publish();
    }

    public Latest<FleetState> State { get; } = new();

    public IEnumerable<string> Gateways => feeds.Keys;

    /// <summary>The newest of each declared gateway; returns at once, however slow the gateways are.</summary>
    public void Offer(ImmutableSortedDictionary<string, GatewayConfiguration> configurations)
    {
        foreach (var (gateway, feed) in feeds)
        {
            if (configurations.TryGetValue(gateway, out var configuration))
            {
                feed.Offer(configuration);
            }
        }
    }

    public bool TryFindFeed(string gateway, [NotNullWhen(true)] out ConfigurationFeed? feed) => feeds.TryGetValue(gateway, out feed);

    /// <summary>Dispose what it returns when the stream ends. An older stream of the same pod is ended: its end was only not noticed yet.</summary>
    public FleetMember Join(Hello hello)
    {
        lock (gate)
        {
            var member = new FleetMember(hello, Changed, Left);
            members.TryGetValue(hello.PodUid, out var before);
            members[hello.PodUid] = member;
            before?.Supersede();
            Publish();
            return member;
        }
    }

    /// <summary>Returns when no stream is left.</summary>
    public async Task EmptiedAsync(CancellationToken cancellationToken)
    {
        await foreach (var state in State.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (state.Gateways.IsEmpty)
            {
                return;
            }
        }
    }

    private void Changed(Action change)
    {
        lock (gate)
        {
            change();
            Publish();
        }
    }

    private void Left(FleetMember member)
    {
        lock (gate)
        {
            if (members.TryGetValue(member.State.PodUid, out var present) && present == member)
            {
                members.Remove(member.State.PodUid);
                Publish();
            }
        }
    }

    private void Publish() => State.Offer(new FleetState(
    [
        .. members.Values
            .Select(member => member.State)
            .OrderBy(state => state.Gateway, StringComparer.Ordinal)
            .ThenBy(state => state.PodName, StringComparer.Ordinal)
            .ThenBy(state => state.PodUid, StringComparer.Ordinal),
    ])
    {
        LedSince = ledSince,
    });
}
