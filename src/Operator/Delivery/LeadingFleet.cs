namespace Portcullis.Operator.Delivery;

/// <summary>The present term as the streams see it. There is none while another operator leads.</summary>
internal sealed class LeadingFleet
{
    private FleetTerm? current;

    /// <summary>Null while this operator stands by.</summary>
    public FleetTerm? Current => Volatile.Read(ref current) is { } term && term.IsHeld() ? term : null;

    /// <summary>Without a cluster nobody else can lead.</summary>
    public static LeadingFleet Always(FleetHub hub)
    {
        var fleet = new LeadingFleet();
        fleet.Begin(new FleetTerm(hub, () => true, _ => false, CancellationToken.None));
        return fleet;
    }

    public void Begin(FleetTerm term) => Volatile.Write(ref current, term);

    public void End(FleetTerm term) => Interlocked.CompareExchange(ref current, null, term);
}
