namespace Portcullis.Gateway.Link;

/// <summary>The time this call was admitted for is over, such as that of the token.</summary>
internal sealed class CallAgainException() : Exception("the time of this call is over, and it asks to be called again");
