using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Which addresses a backend may have (P10). Asked about every resolved address, right before exactly that address is dialed.</summary>
internal sealed class AddressPolicy
{
    private static readonly ImmutableArray<(IPNetwork Network, string What)> ForbiddenByDefault =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "is an unspecified address"),
        (IPNetwork.Parse("::/128"), "is an unspecified address"),
        (IPNetwork.Parse("127.0.0.0/8"), "is a loopback address"),
        (IPNetwork.Parse("::1/128"), "is a loopback address"),
        (IPNetwork.Parse("169.254.169.254/32"), "is a cloud metadata address"),
        (IPNetwork.Parse("168.63.129.16/32"), "is a cloud metadata address"),
        (IPNetwork.Parse("100.100.100.200/32"), "is a cloud metadata address"),
        (IPNetwork.Parse("fd00:ec2::254/128"), "is a cloud metadata address"),
        (IPNetwork.Parse("fd20:ce::254/128"), "is a cloud metadata address"),
        (IPNetwork.Parse("169.254.0.0/16"), "is a link-local address"),
        (IPNetwork.Parse("fe80::/10"), "is a link-local address"),
        (IPNetwork.Parse("224.0.0.0/4"), "is a multicast address"),
        (IPNetwork.Parse("ff00::/8"), "is a multicast address"),
        (IPNetwork.Parse("255.255.255.255/32"), "is the broadcast address"),

        // RFC 8215: each site decides where in it an IPv4 address hides, so what it leads to cannot be told.
        (IPNetwork.Parse("64:ff9b:1::/48"), "is a local NAT64 address"),
    ];

    private readonly ImmutableArray<IPNetwork> allowed;
    private readonly ImmutableHashSet<IPEndPoint> forbiddenEndpoints;

    private AddressPolicy(ImmutableArray<IPNetwork> allowed, ImmutableHashSet<IPEndPoint> forbiddenEndpoints)
    {
        this.allowed = allowed;
        this.forbiddenEndpoints = forbiddenEndpoints;
    }

    /// <param name="allowed">Networks that are allowed although the defaults forbid them.</param>
    public static AddressPolicy Allowing(ImmutableArray<IPNetwork> allowed) => new(allowed, []);

    /// <summary>The same policy with these <c>ip:port</c> forbidden in any case; false when one of them is not of that form.</summary>
    public bool TryForbid(ImmutableArray<string> endpoints, [NotNullWhen(true)] out AddressPolicy? policy, [NotNullWhen(false)] out string? malformed)
    {
        malformed = endpoints.FirstOrDefault(endpoint => ParseOrNull(endpoint) is null);
        policy = malformed is null ? new AddressPolicy(allowed, [.. endpoints.Select(ParseOrNull).OfType<IPEndPoint>()]) : null;

        return policy is not null;
    }

    /// <summary>Why the address may not be dialed, as a phrase; null when it may.</summary>
    public string? Forbids(IPAddress address, int port)
    {
        var innermost = Unwrap(address);

        if (forbiddenEndpoints.Contains(new IPEndPoint(innermost, port)))
        {
            return $"{Shown(address, innermost)} port {port} belongs to the cluster's control plane";
        }

        if (allowed.Any(network => network.Contains(innermost)))
        {
            return null;
        }

        var (_, what) = ForbiddenByDefault.FirstOrDefault(entry => entry.Network.Contains(innermost));

        return what is null ? null : $"{Shown(address, innermost)} {what}";
    }

    private static IPEndPoint? ParseOrNull(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0 ? new IPEndPoint(Unwrap(endpoint.Address), endpoint.Port) : null;

    private static string Shown(IPAddress address, IPAddress innermost) => address.Equals(innermost) ? $"{address}" : $"{address} ({innermost})";

    // An IPv4 address can hide in IPv6 ones, and those in each other's: unwrap until nothing changes.
    private static IPAddress Unwrap(IPAddress address)
    {
        while (address.AddressFamily == AddressFamily.InterNetworkV6 && EmbeddedIn(address) is { } embedded)
        {
            address = embedded;
        }

        // The scope says which interface, not which address.
        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
    }

    private static IPAddress? EmbeddedIn(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);

        return bytes switch
        {
            // ::ffff:0:0/96, IPv4-mapped (RFC 4291).
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ..] => new IPAddress(bytes[12..]),

            // ::ffff:0:0:0/96, IPv4-translated (RFC 2765).
            [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, ..] => new IPAddress(bytes[12..]),

            // 64:ff9b::/96, NAT64 (RFC 6052).
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] => new IPAddress(bytes[12..]),

            // 2002::/16, 6to4 (RFC 3056).
            [0x20, 0x02, ..] => new IPAddress(bytes[2..6]),

            // ::/96, IPv4-compatible (RFC 4291); :: and ::1 are themselves.
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 or 1] => null,
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] => new IPAddress(bytes[12..]),
            _ => null,
        };
    }
}
