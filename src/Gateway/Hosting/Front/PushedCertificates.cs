using System.Collections.Immutable;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Certificates;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// The certificates of the newest configuration. One that cannot be used is refused alone, and what stood in its entry before stays: clients must not be
/// moved to a worse certificate by a typo. Only what changed is read. Immutable.
/// </summary>
internal sealed class PushedCertificates
{
    private static readonly string Kind = EntryKey.Certificate(default).Kind;

    private readonly ImmutableDictionary<EntryKey, PushedCertificate> certificates;

    private PushedCertificates(ImmutableDictionary<EntryKey, PushedCertificate> certificates, EntryKey? byDefault)
    {
        this.certificates = certificates;
        Default = byDefault is { } key ? certificates.GetValueOrDefault(key)?.Shown : null;
        Problems =
        [
            .. certificates.Values.Select(certificate => certificate.Problem).OfType<EntryProblem>().OrderBy(problem => problem.Entry),
            .. byDefault is { } named && !certificates.ContainsKey(named) ? [NotDelivered(named)] : Array.Empty<EntryProblem>(),
        ];
    }

    public static PushedCertificates None { get; } = new(ImmutableDictionary<EntryKey, PushedCertificate>.Empty, null);

    /// <summary>Named by the settings; null when they name none, or none that is usable.</summary>
    public ShownCertificate? Default { get; }

    /// <summary>Entries that are not shown as they are now, and why.</summary>
    public ImmutableArray<EntryProblem> Problems { get; }

    /// <summary>By host name; the operator gives each to one certificate only.</summary>
    public Dictionary<string, ShownCertificate> ByHostname()
    {
        var shown = new Dictionary<string, ShownCertificate>(StringComparer.OrdinalIgnoreCase);

        foreach (var certificate in certificates.Values.Where(certificate => certificate.Shown is not null).OrderBy(certificate => certificate.Newest.Key))
        {
            foreach (var hostname in certificate.Hostnames)
            {
                shown.TryAdd(hostname, certificate.Shown!);
            }
        }

        return shown;
    }

    public PushedCertificates With(GatewayConfiguration configuration)
    {
        var named = Named(configuration);
        var next = configuration.Entries
            .Where(pair => pair.Key.Kind == Kind)
            .ToImmutableDictionary(pair => pair.Key, pair => certificates.GetValueOrDefault(pair.Key) is { } known && known.Newest.Equals(pair.Value) ? known : Read(pair.Value));

        // The operator lost its Secret: whoever still holds the certificate keeps it, so that browsers keep their connection (P7).
        return named is { } key && !next.ContainsKey(key) && certificates.TryGetValue(key, out var held)
            ? new PushedCertificates(next.Add(key, held with { Problem = NotDelivered(key) }), named)
            : new PushedCertificates(next, named);
    }

    private static EntryProblem NotDelivered(EntryKey key) => new(key, "the gateway's settings name it as the default certificate, but it was not delivered");

    private static EntryKey? Named(GatewayConfiguration configuration) =>
        configuration.Entries.TryGetValue(EntryKey.Settings, out var encoded)
        && EntryCodec.TryDecode(encoded, out var entry, out _)
        && entry is SettingsEntry { DefaultCertificate: { } certificate }
            ? EntryKey.Certificate(certificate)
            : null;

    private PushedCertificate Read(EncodedEntry encoded)
    {
        if (!EntryCodec.TryDecode(encoded, out var entry, out var refusal))
        {
            return Refused(encoded, refusal);
        }

        // Its hostnames are of now, whatever they were when the certificate came.
        if (entry is KeepEntry keep)
        {
            return Refused(encoded, keep.Refusal) with { Hostnames = keep.Hostnames };
        }

        if (entry is not CertificateEntry certificate)
        {
            return Refused(encoded, new EntryProblem(encoded.Key, "it is not a certificate"));
        }

        return KeyedCertificate.TryLoad(certificate.ChainPem, certificate.PrivateKeyPem, out var loaded, out var problem)
            ? new PushedCertificate { Newest = encoded, Problem = null, Shown = new ShownCertificate(loaded), Hostnames = certificate.Hostnames }
            : Refused(encoded, new EntryProblem(encoded.Key, problem));
    }

    private PushedCertificate Refused(EncodedEntry encoded, EntryProblem problem)
    {
        var before = certificates.GetValueOrDefault(encoded.Key);

        return new PushedCertificate { Newest = encoded, Problem = problem, Shown = before?.Shown, Hostnames = before?.Hostnames ?? [] };
    }
}
