using System.Net;
using System.Net.Sockets;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Resolves an endpoint once, holds every address against the policy and connects to exactly an address that passed (P10).</summary>
internal sealed class Dialer(AddressPolicy addresses, Resolver resolver)
{
    // TCP_USER_TIMEOUT of Linux, in milliseconds; .NET has no name for it.
    private const int UserTimeout = 18;

    private volatile AddressPolicy addresses = addresses;

    public void Use(AddressPolicy policy) => addresses = policy;

    /// <exception cref="BackendRefusedException">No address may be dialed, or none answers.</exception>
    /// <exception cref="OperationCanceledException">The token ended the attempt.</exception>
    public async Task<Socket> DialAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var permitted = Permitted(attempt, await ResolveAsync(attempt, cancellationToken).ConfigureAwait(false));
        for (var next = 0; ; next++)
        {
            try
            {
                return await ConnectAsync(permitted[next], cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (next + 1 < permitted.Length)
            {
                // A name may have several addresses; the last one's failure is the answer.
            }
            catch (SocketException failure)
            {
                throw attempt.Refuse(VerdictReason.Unreachable, ErrorOf(failure.SocketErrorCode), Phrase(failure.SocketErrorCode), failure);
            }
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

    /// <summary>Connects to this address and asks no more about it.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static async Task<Socket> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A peer that vanished without a word is noticed within a minute and a half, also under a silent WebSocket; where Linux would send again for a quarter
            // of an hour, also under a request that it never acknowledged.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, UserTimeout, BitConverter.GetBytes(90_000));
            }

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
