using System.Security.Cryptography.X509Certificates;
using k8s.Models;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>What became of one TLS Secret that routes name, remembered so that a Secret is read once and not once a turn.</summary>
public sealed record ReadCertificate
{
    /// <summary>The very object that was read; null when it did not exist.</summary>
    public required V1Secret? Source { get; init; }

    /// <summary>What it holds, or last held if it is broken now; null when it never held anything usable.</summary>
    public required CertificateEntry? Entry { get; init; }

    /// <summary>The first certificate of <see cref="Entry"/>.</summary>
    public required X509Certificate2? Leaf { get; init; }

    /// <summary>Null when <see cref="Entry"/> is what the Secret holds now.</summary>
    public required Problem? Problem { get; init; }

    /// <summary>Nothing of the key (P9).</summary>
    public override string ToString() => $"ReadCertificate {Entry?.Certificate}";
}
