using System.Collections.Frozen;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Which certificate is shown for which server name. Immutable, replaced whole.</summary>
internal sealed class CertificateTable
{
    private const string WildcardPrefix = "*.";
    private readonly FrozenDictionary<string, ShownCertificate> exact;
    private readonly FrozenDictionary<string, ShownCertificate> wildcards;

    /// <param name="certificates">By host name; <c>*.</c> stands for any one label or more, as routes match.</param>
    /// <param name="byDefault">For every other name, and for clients that send none.</param>
    public CertificateTable(IReadOnlyDictionary<string, ShownCertificate> certificates, ShownCertificate byDefault)
    {
        exact = certificates.Where(pair => !IsWildcard(pair.Key)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        wildcards = certificates
            .Where(pair => IsWildcard(pair.Key))
            .ToFrozenDictionary(pair => pair.Key[WildcardPrefix.Length..], pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        Default = byDefault;
    }

    public ShownCertificate Default { get; }

    public ShownCertificate Find(ReadOnlySpan<char> host)
    {
        if (exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(host, out var own))
        {
            return own;
        }

        var suffixes = wildcards.GetAlternateLookup<ReadOnlySpan<char>>();

        for (var dot = host.IndexOf('.'); dot > 0; dot = host.IndexOf('.'))
        {
            host = host[(dot + 1)..];

            if (suffixes.TryGetValue(host, out var wildcard))
            {
                return wildcard;
            }
        }

        return Default;
    }

    private static bool IsWildcard(string host) => host.StartsWith(WildcardPrefix, StringComparison.Ordinal);
}
