using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Certificates;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// The certificates that backends are shown. Each is read when its entry changes and used by somebody; one that cannot be used leaves the last usable one in
/// place, and the report of the front certificates names it.
/// </summary>
internal sealed class ClientCertificates
{
    private static readonly string Kind = EntryKey.Certificate(default).Kind;

    private readonly Dictionary<ResourceKey, ClientCertificate> held = [];
    private readonly Dictionary<ResourceKey, CertificateEntry> entries = [];

    /// <summary>Takes over what changed.</summary>
    /// <returns>Whether a certificate that somebody asked for is another one now.</returns>
    public bool Take(IEnumerable<EntryKey> changed, KnownEntries known)
    {
        var another = false;

        foreach (var key in changed.Where(key => key.Kind == Kind))
        {
            another |= Take(ResourceKey.Parse(key.Name), known.Find(key)?.Serving as CertificateEntry);
        }

        return another;
    }

    /// <summary>The same object as long as the certificate is the same; null for a backend that names none.</summary>
    public ClientCertificate? Of(ResourceKey? name)
    {
        if (name is not { } wanted)
        {
            return null;
        }

        if (!held.TryGetValue(wanted, out var certificate))
        {
            held[wanted] = certificate = new ClientCertificate(wanted, Read(entries.GetValueOrDefault(wanted)));
        }

        return certificate;
    }

    private bool Take(ResourceKey name, CertificateEntry? entry)
    {
        var before = entries.GetValueOrDefault(name);

        if (entry is null)
        {
            entries.Remove(name);
        }
        else
        {
            entries[name] = entry;
        }

        if (!held.TryGetValue(name, out var known) || (before is not null && entry is not null && before.ChainPem == entry.ChainPem && before.PrivateKeyPem == entry.PrivateKeyPem))
        {
            return false;
        }

        // Withdrawn is withdrawn; broken is a mistake that must not cut off a backend, nor end the connections it has.
        var read = Read(entry);
        if (read is null && (entry is not null || known.Held is null))
        {
            return false;
        }

        held[name] = new ClientCertificate(name, read);
        return true;
    }

    private static KeyedCertificate? Read(CertificateEntry? entry) =>
        entry is not null && KeyedCertificate.TryLoad(entry.ChainPem, entry.PrivateKeyPem, out var certificate, out _) ? certificate : null;
}
