using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>An address to listen on.</summary>
/// <param name="Address">Null for all of the machine's.</param>
/// <param name="Port">0 takes any free one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Takes <c>:8443</c>, <c>*:8443</c>, <c>127.0.0.1:8443</c>, <c>[::1]:8443</c> and <c>localhost:8443</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');

        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        address = text[..colon] switch
        {
            "" or "*" => new ListenAddress(null, port),
            "localhost" => new ListenAddress(IPAddress.Loopback, port),
            ['[', .. var six, ']'] when IPAddress.TryParse(six, out var ip) => new ListenAddress(ip, port),
            var four when !four.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(four, out var ip) => new ListenAddress(ip, port),
            _ => null,
        };

        return address is not null;
    }

    public override string ToString() => Address is null ? $"*:{Port}" : new IPEndPoint(Address, Port).ToString();
}
