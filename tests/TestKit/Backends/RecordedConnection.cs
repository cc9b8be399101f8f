using System.Collections.Immutable;
using System.Net;

namespace Portcullis.TestKit.Backends;

/// <summary>One accepted TCP connection, from the first byte to its end.</summary>
public sealed class RecordedConnection(int number, EndPoint? remote)
{
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long applicationBytes;

    /// <summary>Counts from 1.</summary>
    public int Number { get; } = number;

    public EndPoint? Remote { get; } = remote;

    /// <summary>True as soon as a ClientHello was read.</summary>
    public bool HelloSeen { get; private set; }

    /// <summary>The SNI of the ClientHello; null when none was sent.</summary>
    public string? ServerName { get; private set; }

    /// <summary>
    /// True when the handshake succeeded as the server sees it. A client that refuses the certificate may do so a moment after that; only
    /// <see cref="ApplicationBytes"/> proves that it sent nothing.
    /// </summary>
    public bool HandshakeCompleted { get; private set; }

    /// <summary>The DER of what the client showed, leaf first; empty when it showed nothing or was not asked.</summary>
    public ImmutableArray<byte[]> ClientChain { get; private set; } = [];

    /// <summary>Decrypted bytes received from the client.</summary>
    public long ApplicationBytes => Interlocked.Read(ref applicationBytes);

    /// <summary>Completes when the connection is gone.</summary>
    public Task Closed => closed.Task;

    internal void SawHello(string? serverName)
    {
        HelloSeen = true;
        ServerName = serverName;
    }

    internal void WasShown(ImmutableArray<byte[]> chain) => ClientChain = chain;

    internal void CompletedHandshake() => HandshakeCompleted = true;

    internal void Received(int bytes) => Interlocked.Add(ref applicationBytes, bytes);

    internal void Close() => closed.TrySetResult();
}
