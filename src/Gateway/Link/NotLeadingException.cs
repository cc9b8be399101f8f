namespace Portcullis.Gateway.Link;

/// <summary>The peer is a standby, or has just become one.</summary>
internal sealed class NotLeadingException() : Exception("it is a standby and does not lead");
