using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Forwarding;
using Portcullis.Gateway.Proxy.Health;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// One turn: newest configuration and newest mounts to one route table. Removed trust goes first, then routes are compiled one by one, each refused, kept
/// waiting or installed for itself; only what changed is touched. Not for two threads at once.
/// </summary>
internal sealed class Applier(Dialer dialer, Connector connector, YarpParts yarp, ProxyOptions options, HealthLog health, TimeProvider time) : IDisposable
{
    private static readonly string RouteKind = EntryKey.Route(default).Kind;

    private readonly AddressPolicy addresses = AddressPolicy.Allowing(options.AllowedNetworks);
    private readonly RouteCompiler compiler = new(yarp, options, time);
    private readonly KnownEntries entries = new();
    private readonly ClientCertificates certificates = new();
    private readonly BackendSet backends = new(connector, health, time);
    private readonly HostIndex hosts = new();
    private readonly Dictionary<EntryKey, RouteSlot> slots = [];
    private readonly HashSet<EntryKey> waiting = [];
    private readonly List<(CompiledRoute Before, CompiledRoute? After)> replaced = [];
    private BundlesInForce bundles = BundlesInForce.Empty;
    private SettingsEntry? settings;
    private EntryProblem? settingsProblem;
    private EntryProblem? sessionKeyProblem;

    /// <summary>When something stops waiting; null when nothing waits.</summary>
    public DateTimeOffset? NextDeadline => waiting.Min(key => slots[key].WaitsUntil);

    public IEnumerable<BackendObservation> Observations => backends.Observations;

    public ImmutableArray<BundleReport> Bundles => bundles.Report();

    public ImmutableArray<EntryProblem> Refused =>
    [
        .. entries.Refused,
        .. slots.Where(slot => slot.Value.Problem is not null).Select(slot => new EntryProblem(slot.Key, slot.Value.Problem!)),
        .. new[] { settingsProblem, sessionKeyProblem }.OfType<EntryProblem>(),
    ];

    public ImmutableArray<EntryProblem> Pending { get; private set; } = [];

    /// <summary>The table that follows <paramref name="table"/>; to be published before <see cref="Finish"/> is called.</summary>
    public RouteTable Turn(GatewayConfiguration configuration, MountedBundles mounted, RouteTable table)
    {
        var changed = entries.Take(configuration);
        Hold(bundles.Next(entries.Bundles, mounted), certificates.Take(changed, entries));
        Settle(entries.Settings);
        sessionKeyProblem = compiler.SessionKeys.Take(entries.SessionKey) is { } problem ? new EntryProblem(EntryKey.SessionKey, problem) : null;

        var pending = bundles.Pending.ToList();
        foreach (var key in changed.Where(IsRoute).Union(waiting).ToList())
        {
            Turn(key, pending);
        }

        Pending = [.. pending];

        return hosts.ApplyTo(table);
    }

    /// <summary>Lets go of what the published table no longer needs.</summary>
    public void Finish()
    {
        foreach (var (before, after) in replaced)
        {
            backends.Retire(before.Backends, after?.Backends ?? []);
        }

        replaced.Clear();
    }

    public void Dispose() => backends.Dispose();

    // First of all, since removed trust must not wait for routes to be compiled.
    private void Hold(BundlesInForce next, bool otherCertificates)
    {
        if (!ReferenceEquals(next, bundles) || otherCertificates)
        {
            bundles = next;
            backends.Hold(bundles, certificates);
        }
    }

    private void Turn(EntryKey key, List<EntryProblem> pending)
    {
        if (entries.Find(key) is not { } entry)
        {
            Remove(key);
            return;
        }

        var slot = SlotOf(key);
        slot.Take(entry.Newest.Digest, time.GetUtcNow() + options.PendingLimit);
        Turn(slot, entry, pending);

        if (slot.WaitsUntil is null)
        {
            waiting.Remove(key);
        }
        else
        {
            waiting.Add(key);
        }
    }

    private void Turn(RouteSlot slot, KnownEntry entry, List<EntryProblem> pending)
    {
        if (entry.Refusal is not null || entry.Serving is not RouteEntry route)
        {
            slot.WaitsUntil = null;
            KeepPlace(slot, () => Placeholder.For(entry.Newest));
            return;
        }

        var missing = Missing(slot, route);
        if (missing is not null)
        {
            pending.Add(new EntryProblem(entry.Newest.Key, missing));
        }

        if (!slot.ServesNewest && (missing is null || !slot.HasPredecessor))
        {
            Install(slot, route);
        }
    }

    // Anchors that are listed come with the mount in a moment; until then the predecessor serves better than the entry would.
    private string? Missing(RouteSlot slot, RouteEntry route)
    {
        if (slot.WaitsUntil is null)
        {
            return null;
        }

        var missing = bundles.MissingFor(route.Backends.SelectMany(backend => backend.Tls.Bundles.IsDefault ? [] : backend.Tls.Bundles));
        if (missing is null || time.GetUtcNow() >= slot.WaitsUntil)
        {
            slot.WaitsUntil = null;
            return null;
        }

        return missing;
    }

    private void Install(RouteSlot slot, RouteEntry route)
    {
        slot.Problem ??= RouteCheck.Problem(route);
        if (slot.Problem is not null)
        {
            slot.WaitsUntil = null;
            KeepPlace(slot, () => Placeholder.For(route, slot.Newest));
            return;
        }

        try
        {
            Replace(slot, compiler.Compile(route, slot.Newest, backends.Take(route, bundles, certificates), slot.Load));
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            // Whatever it is, the other routes must not wait for it. The message could quote content; the type is enough (P9).
            slot.Problem = $"cannot be compiled ({bug.GetType().Name}); please report this as a bug";
            slot.WaitsUntil = null;
            KeepPlace(slot, () => Placeholder.For(route, slot.Newest));
        }
    }

    private void KeepPlace(RouteSlot slot, Func<CompiledRoute> placeholder)
    {
        if (!slot.HasPredecessor && !slot.ServesNewest)
        {
            Replace(slot, placeholder());
        }
    }

    private void Replace(RouteSlot slot, CompiledRoute? next)
    {
        hosts.Replace(slot.Installed, next);
        Announce(slot.Installed, next);
        if (slot.Installed is { } before)
        {
            replaced.Add((before, next));
        }

        slot.Installed = next;
    }

    private void Announce(CompiledRoute? before, CompiledRoute? next)
    {
        foreach (var listener in yarp.Listeners)
        {
            foreach (var cluster in before?.Clusters ?? [])
            {
                listener.OnClusterRemoved(cluster);
            }

            foreach (var cluster in next?.Clusters ?? [])
            {
                listener.OnClusterAdded(cluster);
            }
        }
    }

    private void Remove(EntryKey key)
    {
        waiting.Remove(key);
        if (slots.Remove(key, out var slot))
        {
            Replace(slot, null);
        }
    }

    private void Settle(SettingsEntry? next)
    {
        if (ReferenceEquals(next, settings))
        {
            return;
        }

        settings = next;
        settingsProblem = null;
        if (addresses.TryForbid(next?.ForbiddenEndpoints ?? [], out var policy, out var malformed))
        {
            dialer.Use(policy);
        }
        else
        {
            settingsProblem = new EntryProblem(EntryKey.Settings, $"forbids '{malformed}', which is not of the form ip:port");
        }
    }

    private static bool IsRoute(EntryKey key) => key.Kind == RouteKind;

    private RouteSlot SlotOf(EntryKey key)
    {
        if (!slots.TryGetValue(key, out var slot))
        {
            slots[key] = slot = new RouteSlot(key.Name);
        }

        return slot;
    }
}
