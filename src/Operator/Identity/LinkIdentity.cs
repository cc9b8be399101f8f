using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>
/// The operator's certificate in a cluster: an authority in a Secret, its certificates in a ConfigMap before anything is served under them, and a
/// short-lived certificate in memory. Whatever is deleted or edited is put right within seconds; meanwhile the present certificate serves on.
/// </summary>
internal sealed partial class LinkIdentity(ApiConnection api, LinkIdentityOptions options, TimeProvider time, ILogger<LinkIdentity> logger) : BackgroundService
{
    private static readonly TimeSpan AfterLostRace = TimeSpan.FromMilliseconds(200);
    private readonly AuthoritySecret secret = new(api, options.Secret);
    private readonly AuthorityConfigMap configMap = new(api, options.ConfigMap);
    private LinkLeaf? leaf;
    private string? told;

    /// <summary>Whether a gateway can be answered.</summary>
    public bool IsReady => Volatile.Read(ref leaf) is not null;

    /// <summary>For one handshake, now.</summary>
    /// <exception cref="AuthenticationException">There is no certificate yet.</exception>
    public SslServerAuthenticationOptions ForHandshake() =>
        Volatile.Read(ref leaf)?.Handshake ?? throw new AuthenticationException("The operator has no certificate for gateways yet.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = options.Interval;

            try
            {
                await TurnAsync(stoppingToken).ConfigureAwait(false);
                told = null;
            }
            catch (ApiRefusedException refused) when (refused.Refusal.Code == HttpStatusCode.Conflict)
            {
                // Another replica wrote first; what it wrote counts.
                wait = AfterLostRace;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the present certificate serves on, and it will be tried again: nothing else would heal it.
                Tell(failure);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var authority = await secret.OpenAsync(now, cancellationToken).ConfigureAwait(false);

        if (await configMap.KeepAsync(VouchedFor(authority, now), cancellationToken).ConfigureAwait(false))
        {
            Log.Published(logger, options.ConfigMap, authority.Subject);
        }

        if (leaf is null || now >= leaf.RenewAt || (leaf.Generation != authority.Subject && now - authority.Since >= options.MountTime))
        {
            Volatile.Write(ref leaf, LinkLeaf.Issue(authority, Names(), now));
            Log.Issued(logger, authority.Subject, options.Service);
        }
    }

    /// <summary>The signer comes first.</summary>
    private string VouchedFor(LinkAuthority authority, DateTimeOffset now)
    {
        var valid = authority.Certificates.Where(certificate =>
            certificate.Subject == authority.Subject || (now - authority.Since < options.Overlap && certificate.NotAfter > now.UtcDateTime));

        return LinkAuthority.PemOf(valid);
    }

    private SubjectAlternativeNameBuilder Names()
    {
        var (ns, name) = options.Service;
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName($"{name}.{ns}.svc");
        names.AddDnsName($"{name}.{ns}.svc.cluster.local");
        names.AddDnsName($"{name}.{ns}");
        return names;
    }

    /// <summary>One line a problem, however often it is met.</summary>
    private void Tell(Exception failure)
    {
        // An API server that is overloaded, or fails within, heals by itself like one that is away, and says so in other words at each try.
        var somebodyMustAct = failure is InvalidDataException or ApiRefusedException { Refusal.Code: < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests };
        var problem = somebodyMustAct ? failure.Message : "";

        if (problem == told)
        {
            return;
        }

        told = problem;

        if (somebodyMustAct)
        {
            Log.SomebodyMustAct(logger, options.Secret, options.ConfigMap, failure.Message);
        }
        else
        {
            Log.NotReached(logger, options.Secret, options.ConfigMap, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Gateways verify this operator by the ConfigMap {ConfigMap}, which now names the authority '{Authority}'.")]
        public static partial void Published(ILogger logger, ResourceKey configMap, string authority);

        [LoggerMessage(Level = LogLevel.Information, Message = "Serving gateways under a new certificate for {Service}, issued by '{Authority}'.")]
        public static partial void Issued(ILogger logger, string authority, ResourceKey service);

        [LoggerMessage(Level = LogLevel.Error, Message = "The operator's authority (Secret {Secret}, ConfigMap {ConfigMap}) could not be kept: {Problem} What is served goes on; trying again.")]
        public static partial void SomebodyMustAct(ILogger logger, ResourceKey secret, ResourceKey configMap, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The operator's authority (Secret {Secret}, ConfigMap {ConfigMap}) could not be looked at: {Problem} What is served goes on; trying again.")]
        public static partial void NotReached(ILogger logger, ResourceKey secret, ResourceKey configMap, string problem);
    }
}
