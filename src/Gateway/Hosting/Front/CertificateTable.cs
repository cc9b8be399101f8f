using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Which certificate is shown for which server name, found as routes are. Immutable, replaced whole.</summary>
internal sealed class CertificateTable
{
    private readonly Dictionary<string, ShownCertificate> exact = HostLookup.NewTable<ShownCertificate>();
    private readonly Dictionary<string, ShownCertificate> wildcards = HostLookup.NewTable<ShownCertificate>();

    /// <param name="certificates">By host name or wildcard.</param>
    /// <param name="byDefault">For every other name, and for clients that send none.</param>
    public CertificateTable(IReadOnlyDictionary<string, ShownCertificate> certificates, ShownCertificate byDefault)
    {
        foreach (var (host, certificate) in certificates)
        {
            var (table, key) = HostLookup.Place(host, exact, wildcards);
            table[key] = certificate;
        }

        Default = byDefault;
    }

    public ShownCertificate Default { get; }

    public ShownCertificate Find(ReadOnlySpan<char> host) => HostLookup.Find(host, exact, wildcards) ?? Default;
}
