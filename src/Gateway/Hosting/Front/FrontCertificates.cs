using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// What the front shows to clients: the pushed certificate, else the one from files, else a self-signed one. A change reaches the next
/// handshake; open connections do not notice.
/// </summary>
internal sealed partial class FrontCertificates(TimeProvider time, ILogger<FrontCertificates> logger)
{
    private readonly Lock gate = new();
    private PushedCertificate? pushed;
    private FrontCertificate? fromFiles;
    private EntryProblem? lastProblem;
    private volatile SslServerAuthenticationOptions? shown;

    /// <summary>For the next handshake.</summary>
    public SslServerAuthenticationOptions Options => shown ?? ShowSomething();

    public void UseFiles(FrontCertificate certificate)
    {
        lock (gate)
        {
            fromFiles = certificate;

            if (pushed is null)
            {
                Show(certificate, "the files it was started with");
            }
        }
    }

    /// <summary>Takes the certificate that the configuration's settings name.</summary>
    /// <returns>Why it is not shown, with what was shown before; null when it is, or when none is named.</returns>
    public EntryProblem? Apply(GatewayConfiguration configuration)
    {
        lock (gate)
        {
            var problem = Taken(configuration);

            if (problem is not null && problem != lastProblem)
            {
                Log.Refused(logger, problem.Entry, problem.Message);
            }

            return lastProblem = problem;
        }
    }

    private EntryProblem? Taken(GatewayConfiguration configuration)
    {
        if (Named(configuration) is not { } key)
        {
            Withdraw();
            return null;
        }

        if (!configuration.Entries.TryGetValue(key, out var entry))
        {
            return new EntryProblem(key, "the gateway's settings name it as the default certificate, but it was not delivered");
        }

        return pushed?.Entry.Equals(entry) == true ? null : Take(entry);
    }

    private static EntryKey? Named(GatewayConfiguration configuration) =>
        configuration.Entries.TryGetValue(EntryKey.Settings, out var encoded)
        && EntryCodec.TryDecode(encoded, out var entry, out _)
        && entry is SettingsEntry { DefaultCertificate: { } certificate }
            ? EntryKey.Certificate(certificate)
            : null;

    private void Withdraw()
    {
        if (pushed is null)
        {
            return;
        }

        pushed = null;
        shown = null;
        ShowSomething();
    }

    /// <summary>A refused one leaves what was shown before, a pushed one included: clients must not be moved to a worse certificate by a typo.</summary>
    private EntryProblem? Take(EncodedEntry encoded)
    {
        if (!EntryCodec.TryDecode(encoded, out var entry, out var refusal))
        {
            return refusal;
        }

        if (entry is not CertificateEntry certificate)
        {
            return new EntryProblem(encoded.Key, "it is not a certificate");
        }

        if (!FrontCertificate.TryLoad(certificate.ChainPem, certificate.PrivateKeyPem, out var loaded, out var problem))
        {
            return new EntryProblem(encoded.Key, problem);
        }

        pushed = new PushedCertificate(encoded, loaded);
        Show(loaded, encoded.Key.ToString());
        return null;
    }

    private SslServerAuthenticationOptions ShowSomething()
    {
        lock (gate)
        {
            if (shown is { } already)
            {
                return already;
            }

            if (fromFiles is not null)
            {
                return Show(fromFiles, "the files it was started with");
            }

            Log.SelfSigned(logger);
            return Show(FrontCertificate.SelfSigned(time.GetUtcNow()), "itself");
        }
    }

    private SslServerAuthenticationOptions Show(FrontCertificate certificate, string source)
    {
        Log.Shown(logger, certificate, certificate.Context.IntermediateCertificates.Count, source);

        return shown = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
        };
    }

    private sealed record PushedCertificate(EncodedEntry Entry, FrontCertificate Certificate);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Clients are shown {Certificate}, with {Intermediates} intermediates, from {Source}.")]
        public static partial void Shown(ILogger logger, FrontCertificate certificate, int intermediates, string source);

        [LoggerMessage(Level = LogLevel.Warning, Message = "No certificate was given, so a self-signed one is made, which no client accepts unasked. Declare a default certificate for this gateway, or start it with --certificate chain.pem --key key.pem.")]
        public static partial void SelfSigned(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Entry} is not shown to clients: {Problem}. What was shown before stays.")]
        public static partial void Refused(ILogger logger, EntryKey entry, string problem);
    }
}
