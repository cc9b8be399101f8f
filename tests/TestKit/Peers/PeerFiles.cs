using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Peers;

/// <summary>The certificate files of one site.</summary>
internal sealed record PeerFiles(PeerSite Site, string ChainFile, string KeyFile, string? ClientRootFile)
{
    public static PeerFiles Write(TemporaryFolder folder, int number, PeerSite site)
    {
        if (site.Chain is not { } chain)
        {
            return new PeerFiles(site, "", "", null);
        }

        return new PeerFiles(
            site,
            folder.Write($"site-{number}.crt", TestPem.Certificates([chain.Leaf, .. chain.Others])),
            folder.Write($"site-{number}.key", TestPem.PrivateKey(chain.Leaf)),
            site.ClientRoot is { } root ? folder.Write($"site-{number}.ca", TestPem.Certificates(root)) : null);
    }
}
