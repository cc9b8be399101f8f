using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Opens every connection to a backend: asks the memory, dials, verifies, and says what was seen. Every doubt ends in a refusal.</summary>
internal sealed class Connector(Dialer dialer, VerdictLog verdicts, TimeProvider time)
{
    private readonly Handshake handshake = new(time);

    /// <summary>The connect callback of every client.</summary>
    /// <exception cref="BackendRefusedException">There is no verified connection.</exception>
    /// <exception cref="EndpointBusyException">There are as many as the route allows.</exception>
    public async ValueTask<Stream> ConnectAsync(Backend backend, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var endpoint = EndpointOf(context);
        if (endpoint.Refusals.Recall() is { } remembered)
        {
            throw new BackendRefusedException(remembered);
        }

        var asked = endpoint.Refusals.Generation;
        try
        {
            var connection = await OpenAsync(backend, endpoint, cancellationToken).ConfigureAwait(false);
            endpoint.Refusals.Clear();
            verdicts.Saw(endpoint, connection.Verdict!);
            connection.ExplainFirstFailure(failure => LateRefusal(Attempt.Now(backend, endpoint), asked, failure));

            return connection;
        }
        catch (BackendRefusedException refused)
        {
            Remember(endpoint, refused.Refusal, asked);
            throw;
        }
    }

    /// <summary>Whether a connection that was accepted once would be accepted under this security and its endpoint's present identity.</summary>
    public bool Accepts(Backend backend, VerifiedStream connection, BackendSecurity security) =>
        JudgeAgain(new Attempt(connection.Endpoint, backend.IdentityAt(connection.Endpoint), security), connection) is Verdict.Trusted;

    private BackendRefusedException? LateRefusal(Attempt attempt, int asked, IOException failure)
    {
        var refused = Handshake.LateRefusal(attempt, failure);
        if (refused is not null)
        {
            Remember(attempt.Endpoint, refused.Refusal, asked);
        }

        return refused;
    }

    // A backend that does not answer may be back any moment: asked again every second. One that shows the wrong certificate is asked ever more rarely.
    private void Remember(LiveEndpoint endpoint, ConnectRefusal refusal, int asked)
    {
        if (endpoint.Refusals.Keep(refusal, asked, growing: refusal.Verdict.Reason != VerdictReason.Unreachable))
        {
            verdicts.Saw(endpoint, refusal.Verdict);
        }
    }

    private async Task<VerifiedStream> OpenAsync(Backend backend, LiveEndpoint endpoint, CancellationToken cancellationToken)
    {
        var attempt = Attempt.Now(backend, endpoint);
        if (attempt.Security.Trust.IsEmpty)
        {
            throw attempt.Refuse(VerdictReason.TrustNotMounted, ProxyError.DestinationUnavailable, null);
        }

        // A backend that is to know who calls is not called by nobody.
        if (attempt.Security.ClientCertificate is { Held: null } missing)
        {
            throw attempt.Refuse(VerdictReason.ClientCertificateRejected, ProxyError.ProxyConfigurationError, $"the gateway holds no usable certificate {missing}");
        }

        // HTTP/1.1 requests wait for a place in their pool; HTTP/2 has a pool for each Host, which only a count over all of them bounds.
        // Probes have a Host and so a pool of their own; its connection must not take the place of requests.
        var ofProbes = backend.Health.IsProbing ? 1 : 0;
        var maximum = endpoint.Address.IsHttp2 ? backend.Settings.MaximumPerEndpoint + ofProbes : int.MaxValue;
        if (!endpoint.TryReserve(maximum))
        {
            throw new EndpointBusyException(endpoint.Address.Authority, maximum);
        }

        using var deadline = new CancellationTokenSource(backend.Settings.ConnectTimeout, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await OpenAsync(backend, attempt, ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var detail = $"no connection within {backend.Settings.ConnectTimeout.TotalSeconds:0.#} s";
            throw attempt.Refuse(VerdictReason.Unreachable, ProxyError.ConnectionTimeout, detail, late);
        }
    }

    private async Task<VerifiedStream> OpenAsync(Backend backend, Attempt attempt, CancellationToken cancellationToken)
    {
        var connection = await DialAsync(backend, attempt, cancellationToken).ConfigureAwait(false);
        try
        {
            await handshake.VerifyAsync(connection, attempt, cancellationToken).ConfigureAwait(false);
            RefuseIfTrustChangedMeanwhile(backend, attempt, connection);

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<VerifiedStream> DialAsync(Backend backend, Attempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            return new VerifiedStream(await dialer.DialAsync(attempt, cancellationToken).ConfigureAwait(false), attempt.Endpoint, attempt.Identity, backend.Connections);
        }
        catch
        {
            attempt.Endpoint.Release();
            throw;
        }
    }

    // The connection was registered before its handshake began: a change of trust finds it either in the register or here.
    private void RefuseIfTrustChangedMeanwhile(Backend backend, Attempt attempt, VerifiedStream connection)
    {
        var now = Attempt.Now(backend, attempt.Endpoint);
        var changed = !ReferenceEquals(now.Security, attempt.Security) || !ReferenceEquals(now.Identity, attempt.Identity);

        if (changed && JudgeAgain(now, connection) is Verdict.Refused refused)
        {
            throw new BackendRefusedException(ConnectRefusal.Of(refused));
        }
    }

    private Verdict JudgeAgain(Attempt attempt, VerifiedStream connection)
    {
        // Without a version its handshake is still to be judged at its end, or it is closed already.
        if (connection.Version < Handshake.Lowest(attempt.Security.MinimumVersion))
        {
            return attempt.Refuse(VerdictReason.ProtocolVersionRejected, ProxyError.TlsProtocolError, null).Refusal.Verdict;
        }

        var presented = ImmutableArray<X509Certificate2>.Empty;
        try
        {
            presented = [.. connection.Presented.Select(der => X509CertificateLoader.LoadCertificate(der))];

            return Judge.Built(presented[0], presented, attempt.Security.Expect(attempt.Identity), attempt.Security.Trust, attempt.Evidence, time.GetUtcNow());
        }
        catch (Exception doubt) when (doubt is CryptographicException or ObjectDisposedException or IndexOutOfRangeException)
        {
            return attempt.Refuse(VerdictReason.MalformedCertificate, ProxyError.TlsCertificateError, null).Refusal.Verdict;
        }
        finally
        {
            foreach (var certificate in presented)
            {
                certificate.Dispose();
            }
        }
    }

    // A client's request decides nothing here: the endpoint came from the route table, and the address must be its own.
    private static LiveEndpoint EndpointOf(SocketsHttpConnectionContext context)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(LiveEndpoint.OfRequest, out var endpoint))
        {
            throw new InvalidOperationException("A request without an endpoint asked for a connection.");
        }

        return endpoint.Address.IsAt(context.DnsEndPoint)
            ? endpoint
            : throw new InvalidOperationException($"A request for {endpoint} asked for a connection to another address.");
    }
}
