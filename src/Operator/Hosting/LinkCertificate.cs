using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// The certificate of the operator's own address, made anew when two thirds of its short life are over. It is looked at in every handshake,
/// so it needs no timer, and its key is in memory only.
/// </summary>
internal sealed partial class LinkCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly IPAddress address;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private SslServerAuthenticationOptions current;
    private DateTimeOffset renewAt;

    /// <summary>Makes the first one, and the authority if the folder has none.</summary>
    /// <exception cref="InvalidDataException">The folder holds something that this program did not write.</exception>
    public LinkCertificate(string folder, IPAddress address, TimeProvider time, ILogger<LinkCertificate> logger)
    {
        (this.folder, this.address, this.time, this.logger) = (folder, address, time, logger);
        var now = time.GetUtcNow();
        current = OptionsWith(Issue(now));
        renewAt = now + (Lifetime * 2 / 3);
    }

    /// <summary>For one handshake, now. What earlier ones were given is not disposed: they may still run.</summary>
    public SslServerAuthenticationOptions ForHandshake()
    {
        var now = time.GetUtcNow();

        lock (gate)
        {
            if (now >= renewAt)
            {
                Renew(now);
            }

            return current;
        }
    }

    /// <summary>The old one serves on when the folder cannot be read: a third of its life is left for somebody to act.</summary>
    private void Renew(DateTimeOffset now)
    {
        try
        {
            current = OptionsWith(Issue(now));
            renewAt = now + (Lifetime * 2 / 3);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            renewAt = now + RetryAfter;
            Log.NotRenewed(logger, failure.Message, RetryAfter);
        }
    }

    private X509Certificate2 Issue(DateTimeOffset now)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(address);

        return LinkAuthority.Open(folder, now).Issue(names, now - Skew, now - Skew + Lifetime);
    }

    private static SslServerAuthenticationOptions OptionsWith(X509Certificate2 certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The certificate for gateways could not be renewed: {Problem}. The present one serves on; trying again in {Delay}.")]
        public static partial void NotRenewed(ILogger logger, string problem, TimeSpan delay);
    }
}
