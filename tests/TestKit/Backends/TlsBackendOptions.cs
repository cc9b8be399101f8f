using System.Collections.Immutable;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Portcullis.TestKit.Backends;

/// <summary>How one <see cref="TlsBackend"/> presents itself.</summary>
public sealed record TlsBackendOptions
{
    /// <summary>Shown in its answers, so that a test sees who answered.</summary>
    public string Name { get; init; } = "backend";

    /// <summary>What is presented when no virtual host matches the SNI or none was sent; null breaks such a handshake off.</summary>
    public PresentedChain? Default { get; init; }

    /// <summary>What is presented for an SNI, compared without regard to case.</summary>
    public ImmutableDictionary<string, PresentedChain> VirtualHosts { get; init; } =
        ImmutableDictionary.Create<string, PresentedChain>(StringComparer.OrdinalIgnoreCase);

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any free one.</summary>
    public int Port { get; init; }

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    public SslProtocols TlsVersions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Clients must present a certificate that leads to this root; null asks for none.</summary>
    public X509Certificate2? ClientRoot { get; init; }

    /// <summary>Clients without a certificate are served too.</summary>
    public bool ClientCertificateIsOptional { get; init; }
}
