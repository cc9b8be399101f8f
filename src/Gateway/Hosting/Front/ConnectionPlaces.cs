using Microsoft.AspNetCore.Connections;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// As many connections as a limit allows. When all places are taken, the next connection takes that of one which asks for nothing: whoever holds places
/// idle or slow would otherwise shut everybody out for as long as the timeouts are.
/// </summary>
internal sealed partial class ConnectionPlaces(long maximum, string option, TimeProvider time, ILogger<ConnectionPlaces> logger)
{
    // Of so many chosen by lot the most dispensable one goes: nearly as good as the most dispensable of all, and found without looking at all.
    private const int Sample = 64;

    private readonly Lock gate = new();
    private readonly List<ConnectionPlace> taken = [];
    private readonly Seldom seldom = new(time);

    /// <summary>Those that are counted now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return taken.Count;
            }
        }
    }

    /// <summary>Null when there is none, as every connection has a request under way.</summary>
    public ConnectionPlace? TryTake(ConnectionContext connection)
    {
        var place = new ConnectionPlace(connection, time.GetTimestamp());
        ConnectionPlace? ended = null;
        lock (gate)
        {
            if (taken.Count >= maximum)
            {
                ended = Dispensable();
                if (ended is null)
                {
                    TellOfFullHouse();
                    return null;
                }

                Remove(ended);
            }

            place.Index = taken.Count;
            taken.Add(place);
        }

        if (ended is not null)
        {
            TellOfFullHouse();
            ended.Connection.Abort(new ConnectionAbortedException("Another connection needed the place."));
        }

        return place;
    }

    /// <summary>May be called again, and for one that was ended for another.</summary>
    public void Leave(ConnectionPlace place)
    {
        lock (gate)
        {
            if (place.Index >= 0)
            {
                Remove(place);
            }
        }
    }

    private ConnectionPlace? Dispensable()
    {
        var now = time.GetTimestamp();
        var start = Random.Shared.Next(taken.Count);
        var found = MostDispensable(Enumerable.Range(0, Math.Min(Sample, taken.Count)).Select(_ => taken[Random.Shared.Next(taken.Count)]), now)
            ?? MostDispensable(Enumerable.Range(0, taken.Count).Select(step => taken[(start + step) % taken.Count]).Where(place => place.Idleness(now) >= 0).Take(Sample), now);

        // Where one has just become busy there may be another; the next connection will see.
        return found is not null && found.TryEnd() ? found : null;
    }

    private static ConnectionPlace? MostDispensable(IEnumerable<ConnectionPlace> places, long now)
    {
        ConnectionPlace? found = null;
        var longest = -1L;
        foreach (var place in places)
        {
            if (place.Idleness(now) is var idle && idle > longest)
            {
                (found, longest) = (place, idle);
            }
        }

        return found;
    }

    private void Remove(ConnectionPlace place)
    {
        var last = taken[^1];
        taken[place.Index] = last;
        last.Index = place.Index;
        taken.RemoveAt(taken.Count - 1);
        place.Index = -1;
    }

    private void TellOfFullHouse()
    {
        if (seldom.IsTime())
        {
            Log.Full(logger, maximum, option);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "All {Maximum} places are taken: connections that ask for nothing are ended for new ones, and new ones are closed while there is none such. If these are good clients, raise {Option}.")]
        public static partial void Full(ILogger logger, long maximum, string option);
    }
}
