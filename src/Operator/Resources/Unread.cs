namespace Portcullis.Operator.Resources;

/// <summary>Why the newest version of an object could not be read, and what its spec is instead.</summary>
/// <param name="Fault">The words for users.</param>
/// <param name="Field">Where reading stopped; empty when that is not known.</param>
/// <param name="StandIn">What the spec is.</param>
public sealed record Unread(ReadFault Fault, string Field, StandIn StandIn);
