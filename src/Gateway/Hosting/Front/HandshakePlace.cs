namespace Portcullis.Gateway.Hosting.Front;

/// <summary>The place that a connection has while its handshake lasts.</summary>
internal sealed record HandshakePlace(ConnectionPlace Place);
