using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>
/// What CEL's <c>isIP</c> takes for an IP address. <see cref="IPAddress.TryParse(string, out IPAddress)"/> alone also takes <c>127.1</c>, <c>0x7f.1</c>,
/// zones, brackets and IPv4-mapped addresses.
/// </summary>
internal static class IpLiteral
{
    private static readonly SearchValues<char> VersionSix = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static bool IsIp(string text) => text.Contains(':', StringComparison.Ordinal) ? IsVersionSix(text) : IsVersionFour(text);

    private static bool IsVersionFour(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[5];

        if (text.Split(parts, '.') != 4)
        {
            return false;
        }

        foreach (var part in parts[..4])
        {
            if (!IsOctet(text[part]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOctet(ReadOnlySpan<char> digits) =>
        digits.Length is >= 1 and <= 3
        && digits.IndexOfAnyExceptInRange('0', '9') < 0
        && (digits.Length == 1 || digits[0] != '0')
        && byte.TryParse(digits, out _);

    private static bool IsVersionSix(string text) =>
        text.AsSpan().IndexOfAnyExcept(VersionSix) < 0
        && (!text.Contains('.', StringComparison.Ordinal) || IsVersionFour(text.AsSpan(text.LastIndexOf(':') + 1)))
        && IPAddress.TryParse(text, out var address)
        && address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false };
}
