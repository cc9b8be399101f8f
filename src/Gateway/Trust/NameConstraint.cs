using System.Buffers;
using System.Formats.Asn1;
using System.Net;
using Portcullis.Contract;

namespace Portcullis.Gateway.Trust;

/// <summary>One subtree of names that an issuer may, or may not, issue for.</summary>
internal sealed record NameConstraint
{
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    private NameConstraint(SubjectNameKind kind, string text, IPNetwork network = default)
    {
        Kind = kind;
        Text = text;
        Network = network;
    }

    public SubjectNameKind Kind { get; }

    private string Text { get; }

    private IPNetwork Network { get; }

    /// <exception cref="AsnContentException">Not a DNS name: what it was meant to cover is anybody's guess.</exception>
    public static NameConstraint OfDns(string name) =>
        name.AsSpan().ContainsAnyExcept(HostCharacters) || name.StartsWith('.')
            ? throw new AsnContentException($"the name constraint \"{name}\" is not a DNS name")
            : new(SubjectNameKind.Dns, name);

    /// <summary>A host, or with a leading full stop every host below.</summary>
    /// <exception cref="AsnContentException">Not a host name.</exception>
    public static NameConstraint OfUri(string host) =>
        host.AsSpan().ContainsAnyExcept(HostCharacters)
            ? throw new AsnContentException($"the name constraint \"{host}\" is not a host name")
            : new(SubjectNameKind.Uri, host);

    /// <param name="addressAndMask">8 octets for IPv4, 32 for IPv6.</param>
    /// <exception cref="AsnContentException">Not an address with a mask that leaves a prefix.</exception>
    public static NameConstraint OfNetwork(byte[] addressAndMask)
    {
        if (addressAndMask.Length is not (8 or 32))
        {
            throw new AsnContentException("an iPAddress constraint has neither 8 nor 32 octets");
        }

        var half = addressAndMask.Length / 2;
        var mask = addressAndMask.AsSpan(half);
        var prefix = PrefixOf(mask);
        var address = new byte[half];
        for (var octet = 0; octet < half; octet++)
        {
            address[octet] = (byte)(addressAndMask[octet] & mask[octet]);
        }

        var network = new IPNetwork(new IPAddress(address), prefix);
        return new(SubjectNameKind.Ip, network.ToString(), network);
    }

    public bool Covers(SubjectName name) => name.Kind == Kind && Kind switch
    {
        SubjectNameKind.Ip => Network.Contains(IPAddress.Parse(name.Value)),
        SubjectNameKind.Uri => CoversHost(HostOf(name.Value)),
        _ => CoversDns(name.Value.TrimEnd('.')),
    };

    public override string ToString() => new SubjectName(Kind, Text).ToString();

    private static int PrefixOf(ReadOnlySpan<byte> mask)
    {
        var prefix = 0;
        var ended = false;
        foreach (var octet in mask)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                var isSet = (octet >> bit & 1) == 1;
                if (isSet && ended)
                {
                    throw new AsnContentException("the mask of an iPAddress constraint has a gap");
                }

                ended |= !isSet;
                prefix += isSet ? 1 : 0;
            }
        }

        return prefix;
    }

    private static string HostOf(string uri) =>
        System.Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0
            ? parsed.Host
            : throw new AsnContentException("a URI without a host cannot be held against a name constraint");

    private bool CoversDns(string name) =>
        Text.Length == 0
        || name.Equals(Text, StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("." + Text, StringComparison.OrdinalIgnoreCase);

    private bool CoversHost(string host) => Text.StartsWith('.')
        ? host.EndsWith(Text, StringComparison.OrdinalIgnoreCase)
        : host.Equals(Text, StringComparison.OrdinalIgnoreCase);
}
