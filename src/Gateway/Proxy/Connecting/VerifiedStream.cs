using System.Collections.Immutable;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>A TLS connection to a backend with the verdict about its certificate and what that verdict was reached from.</summary>
internal sealed class VerifiedStream : SslStream
{
    private readonly Socket socket;
    private readonly LiveConnections connections;
    private Func<IOException, BackendRefusedException?>? onFirstFailure;
    private bool hasAnswered;
    private volatile bool isAnswering;
    private int closed;

    /// <summary>Counts as one of the endpoint's connections from here on, until it is disposed.</summary>
    public VerifiedStream(Socket socket, LiveEndpoint endpoint, PeerIdentity expected, LiveConnections connections)
        : base(new PeerBytes(socket), leaveInnerStreamOpen: false)
    {
        this.socket = socket;
        this.connections = connections;
        Endpoint = endpoint;
        Expected = expected;
        connections.Add(this);
    }

    public LiveEndpoint Endpoint { get; }

    /// <summary>Who had to be there when it was opened.</summary>
    public PeerIdentity Expected { get; }

    public bool IsVerified => Verdict is Verdict.Trusted && IsAuthenticated && IsEncrypted;

    /// <summary>
    /// The TLS version; null until the handshake is complete, and once the connection was closed: whoever looks through all connections meets some of either kind.
    /// </summary>
    public SslProtocols? Version
    {
        get
        {
            try
            {
                return IsAuthenticated ? SslProtocol : null;
            }
            catch (InvalidOperationException)
            {
                // Closed between the two questions; ObjectDisposedException is one of these.
                return null;
            }
        }
    }

    /// <summary>Null until the backend has shown its certificate.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>Whether the backend asked for a client certificate during the handshake.</summary>
    public bool WasAskedForCertificate { get; set; }

    /// <summary>The DER of what the backend sent, leaf first, so that the connection can be judged again when trust changes (P4).</summary>
    public ImmutableArray<byte[]> Presented { get; private set; } = [];

    public void Record(ImmutableArray<byte[]> presented, Verdict verdict)
    {
        Presented = presented;
        Verdict = verdict;
    }

    /// <summary>Who is asked what it means when the connection ends before the backend has said anything; null means nothing special.</summary>
    public void ExplainFirstFailure(Func<IOException, BackendRefusedException?> explain) => onFirstFailure = explain;

    /// <summary>Cuts the connection under whatever runs on it. Safe from any thread, unlike disposing the stream.</summary>
    public void Cut()
    {
        socket.Dispose();
        Leave();
    }

    /// <summary>
    /// In TLS 1.3 a backend refuses the client's certificate, or that there is none, only after the handshake: the first thing read says so. An end without TLS's own
    /// (close_notify) may be anybody's doing: an answer that has begun and has no length is not whole then (RFC 9112, section 9.8).
    /// </summary>
    /// <exception cref="IOException">The connection broke off, or was closed without that after an answer had begun.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = hasAnswered
            ? await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)
            : await ReadFirstAsync(buffer, cancellationToken).ConfigureAwait(false);
        isAnswering = read > 0 || isAnswering;

        return read > 0 || buffer.IsEmpty || !((PeerBytes)InnerStream).HaveEnded || !isAnswering
            ? read
            : throw new IOException("The connection was closed without ending TLS (close_notify): what was received may not be all that was sent.");
    }

    // An end in place of an answer is for the client to judge: it asks again on another connection what may be asked twice.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        isAnswering = false;
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        Leave();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        Leave();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            hasAnswered = buffer.Length > 0;

            return read;
        }
        catch (IOException failure) when (onFirstFailure?.Invoke(failure) is { } refused)
        {
            throw refused;
        }
    }

    private void Leave()
    {
        // The base constructor may fail before there is anything to leave.
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            connections?.Remove(this);
        }
    }

    /// <summary>What comes from the other end. TLS reads no further than its own end, so that the other is seen only where TLS has none.</summary>
    private sealed class PeerBytes(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public bool HaveEnded { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            HaveEnded |= read == 0 && !buffer.IsEmpty;

            return read;
        }
    }
}
