using Portcullis.Contract;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>What is known of one route from push to push.</summary>
internal sealed class RouteSlot(string route)
{
    /// <summary>Counts requests over all versions of the route.</summary>
    public RouteLoad Load { get; } = new(route);

    /// <summary>What serves; null before the first turn is over.</summary>
    public CompiledRoute? Installed { get; set; }

    /// <summary>Of the newest entry.</summary>
    public Digest Newest { get; private set; }

    /// <summary>Until when the newest entry may wait for its bundles; null when it waits no more.</summary>
    public DateTimeOffset? WaitsUntil { get; set; }

    /// <summary>Why the newest entry cannot be run; null when it can.</summary>
    public string? Problem { get; set; }

    public bool HasPredecessor => Installed is { IsPlaceholder: false };

    public bool ServesNewest => Installed?.Digest == Newest;

    /// <summary>True when the entry is new to this slot.</summary>
    public bool Take(Digest newest, DateTimeOffset waitsUntil)
    {
        if (Newest == newest)
        {
            return false;
        }

        Newest = newest;
        WaitsUntil = waitsUntil;
        Problem = null;
        return true;
    }
}
