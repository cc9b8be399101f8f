using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>Placeholder certificates that well-known servers answer with when no virtual host fits.</summary>
internal static class DefaultCertificates
{
    private const string AspNetDevelopment = "1.3.6.1.4.1.311.84.1.1";

    /// <summary>Whose placeholder it is, as a phrase; null when it is none that is known.</summary>
    public static string? ProductOf(X509Certificate2 leaf)
    {
        if (leaf.Extensions[AspNetDevelopment] is not null)
        {
            return "the development certificate of ASP.NET Core";
        }

        return leaf.DisplayName() switch
        {
            "Kubernetes Ingress Controller Fake Certificate" => "the placeholder of ingress-nginx",
            "TRAEFIK DEFAULT CERT" => "the placeholder of Traefik",
            "Plesk" => "the placeholder of Plesk",
            "localhost" or "localhost.localdomain" => "a certificate for localhost",
            _ => null,
        };
    }
}
