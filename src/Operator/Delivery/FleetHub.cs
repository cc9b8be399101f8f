using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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
    private readonly Latest<StrongBox<bool>> isEmpty = new();
    private readonly DateTimeOffset? ledSince;
    private readonly TimeProvider time;

    /// <param name="gateways">Names of the declared gateways; no other may connect.</param>
    /// <param name="epoch">Higher than that of any operator before this one.</param>
    /// <param name="ledSince">When its term began; null without a cluster.</param>
    /// <param name="time">Measures absences.</param>
    public FleetHub(IEnumerable<string> gateways, long epoch, DateTimeOffset? ledSince = null, TimeProvider? time = null)
    {
        this.ledSince = ledSince;
        this.time = time ?? TimeProvider.System;
        feeds = gateways.ToImmutableSortedDictionary(name => name, _ => new ConfigurationFeed(epoch), StringComparer.Ordinal);
        isEmpty.Offer(new StrongBox<bool>(true));
        Publish();
    }

    public Latest<FleetState> State { get; } = new();

    /// <summary>
    /// How long a gateway whose stream ended may take to open the next before that is told. In a cluster each is asked to call again every few minutes, and
    /// which pods are to count is known without their streams; elsewhere a stream is all there is to go by.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.Zero;

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

    /// <summary>Dispose what it returns when the stream ends. An older stream of the same pod is ended: its end was only not noticed yet. Either way the pod counts as what it last said of itself.</summary>
    public FleetMember Join(Hello hello)
    {
        lock (gate)
        {
            members.TryGetValue(hello.PodUid, out var before);
            var member = new FleetMember(hello, before?.State, Changed, Left);
            members[hello.PodUid] = member;
            before?.Absence?.Dispose();
            before?.Supersede();
            isEmpty.Offer(new StrongBox<bool>(false));

            // One that only called again says in its first report what has changed meanwhile; until then nothing has.
            if (!ReferenceEquals(before?.State, member.State))
            {
                Publish();
            }

            return member;
        }
    }

    /// <summary>Returns when no stream is left.</summary>
    public async Task EmptiedAsync(CancellationToken cancellationToken)
    {
        await foreach (var empty in isEmpty.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (empty.Value)
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
            // Another stream of the same pod may have taken its place.
            if (!IsPresent(member))
            {
                return;
            }

            member.Absence = time.CreateTimer(_ => Vanished(member), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            isEmpty.Offer(new StrongBox<bool>(members.Values.All(other => other.Absence is not null)));

            if (Grace > TimeSpan.Zero)
            {
                member.Absence.Change(Grace, Timeout.InfiniteTimeSpan);
            }
            else
            {
                Vanished(member);
            }
        }
    }

    private void Vanished(FleetMember member)
    {
        lock (gate)
        {
            if (IsPresent(member))
            {
                members.Remove(member.State.PodUid);
                member.Absence?.Dispose();
                Publish();
            }
        }
    }

    private bool IsPresent(FleetMember member) => members.TryGetValue(member.State.PodUid, out var present) && present == member;

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
