using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>One line of the certificate matrix: what a server sends, what is trusted, who is expected, what the verdict must be.</summary>
internal sealed record TrustScenario
{
    public static readonly ResourceKey Bundle = new("shop", "corp-root");

    /// <summary>Leaf first, with its private key where the server can use it.</summary>
    public required ImmutableArray<X509Certificate2> Sent { get; init; }

    public required ImmutableArray<X509Certificate2> Mounted { get; init; }

    /// <summary>Null lists everything that is mounted.</summary>
    public ImmutableArray<X509Certificate2>? Listed { get; init; }

    public PeerIdentity Identity { get; init; } = Dns("shop.test");

    public ImmutableArray<string> Pins { get; init; } = [];

    public int? MaxIntermediates { get; init; }

    public DateTimeOffset At { get; init; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Null when the certificate must be trusted.</summary>
    public VerdictReason? Refused { get; init; }

    /// <summary>Part of the evidence's detail; null when there need be none.</summary>
    public string? Because { get; init; }

    /// <summary>OpenSSL ends this handshake by itself, on one side or the other; what must not happen is trust.</summary>
    public bool NoHandshake { get; init; }

    public PeerExpectation Expectation => new() { Identity = Identity, PublicKeyPins = Pins, MaxIntermediates = MaxIntermediates };

    public TrustSet Trust => TrustSet.Of([(Bundle, Mounted, [.. (Listed ?? Mounted).Select(certificate => Digest.Of(certificate.RawData))])]);

    public static PeerIdentity Dns(string name) => new() { ServerName = name, Names = [new SubjectName(SubjectNameKind.Dns, name)] };

    public static PeerIdentity Ip(string address) => new() { Names = [new SubjectName(SubjectNameKind.Ip, address)] };

    /// <summary>As with subjectAltNames in the route: the server name only selects the virtual host.</summary>
    public static PeerIdentity AnyOf(string? serverName, params SubjectName[] names) => new() { ServerName = serverName, Names = [.. names] };
}
