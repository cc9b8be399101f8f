using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Operator.Identity;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// The certificate of the operator's own address without a cluster, made anew when two thirds of its short life are over. It is looked at in every
/// handshake, so it needs no timer.
/// </summary>
internal sealed partial class LinkCertificate
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly IPAddress address;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private LinkLeaf current;
    private DateTimeOffset renewAt;

    /// <summary>Makes the first one, and the authority if the folder has none.</summary>
    /// <exception cref="InvalidDataException">The folder holds something that this program did not write.</exception>
    public LinkCertificate(string folder, IPAddress address, TimeProvider time, ILogger<LinkCertificate> logger)
    {
        (this.folder, this.address, this.time, this.logger) = (folder, address, time, logger);
        current = Issue(time.GetUtcNow());
        renewAt = current.RenewAt;
    }

    /// <summary>For one handshake, now.</summary>
    public SslServerAuthenticationOptions ForHandshake()
    {
        var now = time.GetUtcNow();

        lock (gate)
        {
            if (now >= renewAt)
            {
                Renew(now);
            }

            return current.Handshake;
        }
    }

    /// <summary>The old one serves on when the folder cannot be read: a third of its life is left for somebody to act.</summary>
    private void Renew(DateTimeOffset now)
    {
        try
        {
            current = Issue(now);
            renewAt = current.RenewAt;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            renewAt = now + RetryAfter;
            Log.NotRenewed(logger, failure.Message, RetryAfter);
        }
    }

    private LinkLeaf Issue(DateTimeOffset now)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(address);

        return LinkLeaf.Issue(LinkAuthorityFolder.Open(folder, now), names, now);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The certificate for gateways could not be renewed: {Problem}. The present one serves on; trying again in {Delay}.")]
        public static partial void NotRenewed(ILogger logger, string problem, TimeSpan delay);
    }
}
