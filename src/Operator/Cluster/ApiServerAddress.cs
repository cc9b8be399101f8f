using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Cluster;

/// <summary>Where the API server is, how it is verified, and who is asking.</summary>
internal sealed record ApiServerAddress
{
    /// <summary>Always https.</summary>
    public required Uri Address { get; init; }

    /// <summary>The name in its certificate; null when it is that of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>PEM of the only authorities that may vouch for it; read again now and then, because clusters rotate them. Null when <see cref="CaPem"/> is set.</summary>
    public string? CaFile { get; init; }

    public string? CaPem { get; init; }

    /// <summary>Read again now and then, because tokens expire; null when there is none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>From a kubeconfig; null when there is none.</summary>
    public string? Token { get; init; }

    /// <summary>From a kubeconfig, with its key; null when there is none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>For a connection and its handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Nothing of token and key.</summary>
    public override string ToString() => Address.ToString();
}
