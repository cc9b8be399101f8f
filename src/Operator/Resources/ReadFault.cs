namespace Portcullis.Operator.Resources;

/// <summary>Why something that may be referred to was never read, so that "not there" cannot be told from "not seen".</summary>
/// <param name="Reason">Decides what a route that needs it does.</param>
/// <param name="Message">Whole sentences; the last one says what to do. Never content of an object.</param>
public sealed record ReadFault(ReadFaultReason Reason, string Message);
