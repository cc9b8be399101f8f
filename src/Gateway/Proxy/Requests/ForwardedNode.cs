using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>One party a request came through (RFC 7239, section 6).</summary>
/// <param name="Text">An address without port, <c>unknown</c>, or an obfuscated name.</param>
/// <param name="Address">Null when the text is not an address.</param>
internal readonly record struct ForwardedNode(string Text, IPAddress? Address)
{
    private static readonly SearchValues<char> Obfuscated = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>As a value of <c>for=</c>.</summary>
    public string Quoted => Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"\"[{Text}]\"" : Text;

    public static ForwardedNode Of(IPAddress? address)
    {
        var plain = Plain(address);
        return plain is null ? new ForwardedNode("unknown", null) : new ForwardedNode(plain.ToString(), plain);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out ForwardedNode node)
    {
        text = text.Trim();
        if (IPAddress.TryParse(WithoutPort(text), out var address))
        {
            node = Of(address);
            return true;
        }

        var isName = text is "unknown" || (text.StartsWith('_') && text.Length < 64 && text.IndexOfAnyExcept(Obfuscated) < 0);
        node = isName ? new ForwardedNode(text.ToString(), null) : default;
        return isName;
    }

    // A listener for both families sees IPv4 as a part of IPv6; nobody else should.
    private static IPAddress? Plain(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
        {
            return address.MapToIPv4();
        }

        // A zone means something on this machine only.
        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
    }

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> text)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            return end < 0 ? text : text[1..end];
        }

        var colon = text.IndexOf(':');
        return colon > 0 && colon == text.LastIndexOf(':') ? text[..colon] : text;
    }
}
