using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Operator.Identity;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// The authority kept in a folder, without a cluster: <c>ca.crt</c> for gateways, <c>ca.key</c> for nobody. <c>ca.crt</c> names an older generation
/// until it has expired.
/// </summary>
internal static class LinkAuthorityFolder
{
    /// <summary>The one in the folder, or a new generation when there is none or it comes to its end.</summary>
    /// <exception cref="InvalidDataException">The folder holds something that this program did not write.</exception>
    public static LinkAuthority Open(string folder, DateTimeOffset now)
    {
        var (certificateFile, keyFile) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "ca.key"));
        var known = File.Exists(certificateFile) ? Certificates(certificateFile) : [];
        var present = File.Exists(keyFile) && known.Length > 0 ? Authority(known, keyFile) : null;

        if (present is not null && !present.IsEnding(now))
        {
            return present;
        }

        var created = LinkAuthority.Create(known, now);

        // Certificates first: after a crash in between, the old key still finds its certificate here.
        OwnerOnlyFile.Write(certificateFile, created.CertificatesPem);
        OwnerOnlyFile.Write(keyFile, created.KeyPem);

        return created;
    }

    private static ImmutableArray<X509Certificate2> Certificates(string file)
    {
        try
        {
            return LinkAuthority.CertificatesIn(File.ReadAllText(file));
        }
        catch (CryptographicException malformed)
        {
            throw new InvalidDataException($"'{file}' is not the certificate file that this program wrote. Delete it, and a new authority is made; gateways then need the new file.", malformed);
        }
    }

    private static LinkAuthority? Authority(ImmutableArray<X509Certificate2> known, string keyFile)
    {
        try
        {
            return LinkAuthority.Find(known, OwnerOnlyFile.Read(keyFile));
        }
        catch (CryptographicException malformed)
        {
            throw new InvalidDataException($"'{keyFile}' is not the key file that this program wrote. Delete it, and a new authority is made.", malformed);
        }
    }
}
