using System.Collections.Immutable;
using System.Globalization;

namespace Portcullis.Contract.Verdicts;

/// <summary>
/// The words of a verdict: code, one-line message and remedy. Status, events, logs, metrics, command line and Proxy-Status use these and no others (P8).
/// </summary>
public static class VerdictText
{
    private const int LongestText = 500;

    /// <summary>Stable for ever: <c>PC2001</c> and so on. Numbers are never used again for another reason.</summary>
    public static string Code(VerdictReason reason) => reason switch
    {
        VerdictReason.UnknownAuthority => "PC2001",
        VerdictReason.IncompleteChain => "PC2002",
        VerdictReason.IntermediateOnlyBundle => "PC2003",
        VerdictReason.SelfSignedNotTrusted => "PC2004",
        VerdictReason.HostnameMismatch => "PC2005",
        VerdictReason.DefaultCertificate => "PC2006",
        VerdictReason.NoSubjectAltName => "PC2007",
        VerdictReason.CertificateExpired => "PC2008",
        VerdictReason.CertificateNotYetValid => "PC2009",
        VerdictReason.AnchorExpired => "PC2010",
        VerdictReason.WrongKeyUsage => "PC2011",
        VerdictReason.PinMismatch => "PC2012",
        VerdictReason.WeakSignature => "PC2013",
        VerdictReason.WeakKey => "PC2014",
        VerdictReason.NameConstraintViolated => "PC2015",
        VerdictReason.TooManyCertificates => "PC2016",
        VerdictReason.MalformedCertificate => "PC2017",
        VerdictReason.ProtocolVersionRejected => "PC2018",
        VerdictReason.ClientCertificateRejected => "PC2019",
        VerdictReason.PlaintextBackend => "PC2020",
        VerdictReason.Unreachable => "PC2021",
        VerdictReason.ForbiddenAddress => "PC2022",
        VerdictReason.TrustNotMounted => "PC2023",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "This reason has no code."),
    };

    /// <summary>What happened and where, one line, no volatile values.</summary>
    public static string Message(Verdict.Refused refused)
    {
        var evidence = refused.Evidence;
        var where = evidence.Endpoint is { } endpoint ? Clean(endpoint) : "the backend";
        var because = evidence.Detail is { } detail ? $": {Clean(detail)}" : "";

        return refused.Reason switch
        {
            VerdictReason.UnknownAuthority => $"{where} presents a certificate issued by {MissingIssuer(evidence)}, which {Bundles(evidence)} does not vouch for{because}",
            VerdictReason.IncompleteChain => $"{where} sent {Count(evidence.Presented)}; the issuer {MissingIssuer(evidence)} was not sent and is not in {Bundles(evidence)}{because}",
            VerdictReason.IntermediateOnlyBundle => $"the certificate of {where} cannot be verified, because {Bundles(evidence)} has no root for it{because}",
            VerdictReason.SelfSignedNotTrusted => $"{where} presents the self-signed certificate {Leaf(evidence)}, which is not in {Bundles(evidence)}{because}",
            VerdictReason.HostnameMismatch => $"{where} has to be {Names(evidence.NamesChecked)}, but its certificate is for {Names(LeafNames(evidence))}{ServerName(evidence)}{because}",
            VerdictReason.DefaultCertificate => $"{where} answered with {Leaf(evidence)}, so the connection reached its default virtual host{ServerName(evidence)}{because}",
            VerdictReason.NoSubjectAltName => $"the certificate {Leaf(evidence)} of {where} has no subjectAltName for a host, address or URI; the common name is never read{because}",
            VerdictReason.CertificateExpired => $"a certificate that {where} relies on has expired{because}",
            VerdictReason.CertificateNotYetValid => $"a certificate that {where} relies on is not valid yet{because}",
            VerdictReason.AnchorExpired => $"a root in {Bundles(evidence)} that {where} relies on has expired{because}",
            VerdictReason.WrongKeyUsage => $"a certificate of {where} is used for what it may not be used for{because}",
            VerdictReason.PinMismatch => $"the key of {Leaf(evidence)} at {where} is none of the pinned keys{because}",
            VerdictReason.WeakSignature => $"a certificate of {where} is signed with a weak algorithm{because}",
            VerdictReason.WeakKey => $"a certificate of {where} has a weak key{because}",
            VerdictReason.NameConstraintViolated => $"a CA issued {Leaf(evidence)} of {where} for a name it may not issue for{because}",
            VerdictReason.TooManyCertificates => $"{where} presents a longer chain than is accepted{because}",
            VerdictReason.MalformedCertificate => $"the certificate of {where} cannot be understood{because}",
            VerdictReason.ProtocolVersionRejected => $"{where} and the gateway have no TLS version in common{because}",
            VerdictReason.ClientCertificateRejected => $"{where} ended the handshake over the client certificate{because}",
            VerdictReason.PlaintextBackend => $"{where} does not speak TLS{because}",
            VerdictReason.Unreachable => $"{where} could not be reached{because}",
            VerdictReason.ForbiddenAddress => $"{where} is at an address that backends may not have{because}",
            VerdictReason.TrustNotMounted => $"no root of {Bundles(evidence)} is in force, so {where} cannot be verified{because}",
            _ => throw new ArgumentOutOfRangeException(nameof(refused), refused.Reason, "This reason has no message."),
        };
    }

    /// <summary>What to do, one line.</summary>
    public static string Remedy(Verdict.Refused refused)
    {
        var evidence = refused.Evidence;
        return refused.Reason switch
        {
            VerdictReason.UnknownAuthority =>
                $"If your PKI team confirms {MissingIssuer(evidence)}{Fingerprint(evidence)}, add its root to {Bundles(evidence)}; if it is an intermediate of a CA that is already there, "
                + "make the backend send it; otherwise this may be the wrong server.",
            VerdictReason.IncompleteChain =>
                $"Make the backend send its full chain (leaf, then {MissingIssuer(evidence)}); if it belongs to another CA, its root must be added to {Bundles(evidence)}.",
            VerdictReason.IntermediateOnlyBundle => $"Add the self-signed root to {Bundles(evidence)}: an intermediate helps to build a chain but never ends one.",
            VerdictReason.SelfSignedNotTrusted =>
                $"Have a certificate issued by your CA, or, if {Leaf(evidence)}{Fingerprint(evidence)} is confirmed, add this very certificate to {Bundles(evidence)}.",
            VerdictReason.HostnameMismatch => HostnameRemedy(evidence),
            VerdictReason.DefaultCertificate =>
                "Set the backend's tls.validation.hostname to the name of the virtual host that is meant (the address may stay an IP), and see that the server has one of that name.",
            VerdictReason.NoSubjectAltName => $"Have the certificate reissued with {Names(evidence.NamesChecked)} as subjectAltName.",
            VerdictReason.CertificateExpired => "Renew it on the backend; nothing needs to change here.",
            VerdictReason.CertificateNotYetValid => "Compare the clocks of the CA, the backend and the gateway, or wait until the certificate is valid.",
            VerdictReason.AnchorExpired => $"Add the CA's new root to {Bundles(evidence)} and have the backend's certificate issued under it.",
            VerdictReason.WrongKeyUsage => "Have the certificate reissued for a TLS server (extendedKeyUsage serverAuth), by a CA with basicConstraints CA:TRUE and keyCertSign.",
            VerdictReason.PinMismatch => "If the backend's key was changed on purpose, add the new pin next to the old one in publicKeyPins; otherwise this may be the wrong server.",
            VerdictReason.WeakSignature => "Have it reissued with a SHA-256, SHA-384 or SHA-512 signature.",
            VerdictReason.WeakKey => "Have it reissued with RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.",
            VerdictReason.NameConstraintViolated => "Have the certificate issued by a CA that may issue for this name, or correct the CA's name constraints.",
            VerdictReason.TooManyCertificates => "Make the backend send only its certificate and the intermediates up to the root.",
            VerdictReason.MalformedCertificate => "Have the certificate reissued; `openssl x509 -text` shows what it holds.",
            VerdictReason.ProtocolVersionRejected => "Enable TLS 1.2 or 1.3 on the backend, or lower minTLSVersion to what it speaks (not below 1.2).",
            VerdictReason.ClientCertificateRejected => "Set the backend's clientCertificateRef to a certificate that it accepts.",
            VerdictReason.PlaintextBackend => "Point the backend at its TLS port, or enable TLS there: a plaintext backend cannot be expressed.",
            VerdictReason.Unreachable => "Check the address and port, that the backend is running, and that network policy lets the gateway reach it.",
            VerdictReason.ForbiddenAddress => "Use another address, or start the gateway with --allow-network (in the chart allowNetworks) if backends may be in this network.",
            VerdictReason.TrustNotMounted => $"See that {Bundles(evidence)} holds at least one root and is mounted; a new root serves once it is both mounted and pushed.",
            _ => throw new ArgumentOutOfRangeException(nameof(refused), refused.Reason, "This reason has no remedy."),
        };
    }

    private static string HostnameRemedy(Evidence evidence)
    {
        var reissue = $"have the certificate reissued with {Names(evidence.NamesChecked)} as subjectAltName";
        return LeafNames(evidence).FirstOrDefault(name => name.Kind == SubjectNameKind.Dns) is { } offered
            ? $"If it is the right server, set tls.validation.hostname to a name it has, such as {Clean(offered.Value)} (the address may stay an IP), or {reissue}."
            : $"If it is the right server, {reissue}.";
    }

    /// <summary>Of the last certificate up to which the chain could be built.</summary>
    private static string MissingIssuer(Evidence evidence) => Last(evidence) is { } last ? Quoted(CommonName(last.Issuer)) : "an unknown issuer";

    private static string Fingerprint(Evidence evidence) => Last(evidence) is { } last && last.Subject == last.Issuer ? $" ({last.Sha256})" : "";

    private static CertificateFacts? Last(Evidence evidence) => evidence.Chain.LastOrDefault() ?? evidence.Presented.FirstOrDefault();

    private static CertificateFacts? LeafFacts(Evidence evidence) => evidence.Presented.FirstOrDefault() ?? evidence.Chain.FirstOrDefault();

    private static string Leaf(Evidence evidence) => LeafFacts(evidence) is { } leaf ? Quoted(CommonName(leaf.Subject)) : "none";

    private static ImmutableArray<SubjectName> LeafNames(Evidence evidence) => LeafFacts(evidence)?.SubjectAltNames ?? [];

    private static string Names(ImmutableArray<SubjectName> names) =>
        names.IsDefaultOrEmpty ? "no name" : string.Join(", ", names.Select(name => Clean(name.ToString())));

    private static string ServerName(Evidence evidence) => evidence.Endpoint is null ? "" : $" (SNI sent: {Clean(evidence.ServerNameSent ?? "none")})";

    private static string Count(ImmutableArray<CertificateFacts> presented) => presented.Length == 1 ? "1 certificate" : $"{presented.Length} certificates";

    private static string Bundles(Evidence evidence) => evidence.Bundles.Length switch
    {
        0 => "the bundle",
        1 => $"TrustBundle {evidence.Bundles[0]}",
        _ => $"TrustBundles {string.Join(", ", evidence.Bundles)}",
    };

    private static string CommonName(string distinguishedName)
    {
        const string Attribute = "CN=";
        const string Separator = ", ";
        var start = $"{Separator}{distinguishedName}".IndexOf(Separator + Attribute, StringComparison.Ordinal);
        if (start < 0)
        {
            return distinguishedName.Length == 0 ? "(empty subject)" : distinguishedName;
        }

        var value = distinguishedName[(start + Attribute.Length)..];
        var end = value.IndexOf(Separator, StringComparison.Ordinal);
        return end < 0 || value.StartsWith('"') ? value.Trim('"') : value[..end];
    }

    private static string Quoted(string name) => $"\"{Clean(name)}\"";

    // Names come from whoever made the certificate: they must not break a line, a header or a terminal.
    private static string Clean(string text)
    {
        var bounded = text.Length <= LongestText ? text : text[..(LongestText)] + "…";
        return bounded.Any(IsInvisible) ? string.Concat(bounded.Select(character => IsInvisible(character) ? '?' : character)) : bounded;
    }

    private static bool IsInvisible(char character) =>
        char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
