namespace Portcullis.Operator.Delivery;

/// <summary>The fleet while this operator leads it.</summary>
/// <param name="Hub">Made for this term: its epoch is the term's.</param>
/// <param name="IsHeld">Asked before every push: a process that was stopped for a while may have lost it without having noticed.</param>
/// <param name="Outrun">Told the epoch of a gateway that holds something newer than this term has; true when a higher term is to follow.</param>
/// <param name="Ended">Streams end with it.</param>
internal sealed record FleetTerm(FleetHub Hub, Func<bool> IsHeld, Func<long, bool> Outrun, CancellationToken Ended);
