using System.Net;
using System.Net.Sockets;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Resolves an endpoint once, holds every address against the policy and connects to exactly an address that passed (P10).</summary>
internal sealed class Dialer(AddressPolicy addresses, Resolver resolver, TimeProvider time)
{
    /// <summary>An address that has not answered by then is waited for together with the next one (RFC 8305, section 5).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>A peer that acknowledges nothing for so long has vanished.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(90);

    // IPPROTO_TCP and TCP_USER_TIMEOUT of Linux (RFC 5482).
    public const int TcpLevel = 6;
    public const int UserTimeout = 18;

    private volatile AddressPolicy addresses = addresses;

    public void Use(AddressPolicy policy) => addresses = policy;

    /// <exception cref="BackendRefusedException">No address may be dialed, or none answers.</exception>
    /// <exception cref="OperationCanceledException">The token ended the attempt.</exception>
    public async Task<Socket> DialAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var permitted = Permitted(attempt, await ResolveAsync(attempt, cancellationToken).ConfigureAwait(false));
        try
        {
            var socket = await DialAsync(permitted, cancellationToken).ConfigureAwait(false);
            if (attempt.Endpoint.Address.IsHttp2)
            {
                LimitSilence(socket);
            }

            return socket;
        }
        catch (SocketException failure)
        {
            throw attempt.Refuse(VerdictReason.Unreachable, ErrorOf(failure.SocketErrorCode), Phrase(failure.SocketErrorCode), failure);
        }
    }

    private async Task<IPAddress[]> ResolveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.AddressesOfAsync(attempt.Endpoint, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            throw attempt.Refuse(VerdictReason.Unreachable, ProxyError.DnsError, $"the name {attempt.Endpoint.Address.Host} does not resolve", failure);
        }
    }

    private IPEndPoint[] Permitted(Attempt attempt, IPAddress[] resolved)
    {
        var policy = addresses;
        var port = attempt.Endpoint.Address.Port;
        var permitted = resolved.Where(address => policy.Forbids(address, port) is null).Select(address => new IPEndPoint(address, port)).ToArray();
        if (permitted.Length > 0)
        {
            return permitted;
        }

        throw resolved.Select(address => policy.Forbids(address, port)).FirstOrDefault() is { } why
            ? attempt.Refuse(VerdictReason.ForbiddenAddress, ProxyError.DestinationIpProhibited, why)
            : attempt.Refuse(VerdictReason.Unreachable, ProxyError.DnsError, $"the name {attempt.Endpoint.Address.Host} has no address");
    }

    // A name may have several addresses, and the first of them may lead nowhere. When none answers, the last failure is told.
    private async Task<Socket> DialAsync(IPEndPoint[] permitted, CancellationToken cancellationToken)
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calls = new List<Task<Socket>>();
        var next = 0;
        try
        {
            while (true)
            {
                if (next < permitted.Length)
                {
                    calls.Add(DialAsync(permitted[next++], found.Token));
                }

                var ended = await FirstOfAsync(calls, isLast: next == permitted.Length, found.Token).ConfigureAwait(false);
                if (ended is null)
                {
                    continue;
                }

                calls.Remove(ended);
                if (ended.IsCompletedSuccessfully || (calls.Count == 0 && next == permitted.Length))
                {
                    return await ended.ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await found.CancelAsync().ConfigureAwait(false);
            foreach (var late in calls)
            {
                _ = HangUpAsync(late);
            }
        }
    }

    /// <summary>Null when it is time to call the next address too.</summary>
    private async Task<Task<Socket>?> FirstOfAsync(List<Task<Socket>> calls, bool isLast, CancellationToken cancellationToken)
    {
        if (isLast)
        {
            return await Task.WhenAny(calls).ConfigureAwait(false);
        }

        var ended = await Task.WhenAny([.. calls, Task.Delay(Patience, time, cancellationToken)]).ConfigureAwait(false);

        return ended as Task<Socket>;
    }

    // Many requests share the connection, and each would run out of its own time; left to itself, the system repeats what is not acknowledged for a quarter of an hour.
    private static void LimitSilence(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, UserTimeout, BitConverter.GetBytes((int)LongestSilence.TotalMilliseconds));
        }
    }

    private static async Task HangUpAsync(Task<Socket> call)
    {
        await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (call.IsCompletedSuccessfully)
        {
            (await call.ConfigureAwait(false)).Dispose();
        }
    }

    private static async Task<Socket> DialAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A peer that vanished without a word is noticed within a minute and a half, also under a silent WebSocket.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string ErrorOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ProxyError.ConnectionRefused,
        SocketError.TimedOut => ProxyError.ConnectionTimeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => ProxyError.DestinationIpUnroutable,
        _ => ProxyError.ConnectionTerminated,
    };

    private static string Phrase(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut => "connection timed out",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to the address",
        _ => $"socket error {error}",
    };
}
