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
    private readonly AuthoritySecret secret = new(api, options.Secret);
    private readonly AuthorityConfigMap configMap = new(api, options.ConfigMap);
    private LinkLeaf? leaf;

    /// <summary>Whether a gateway can be answered.</summary>
    public bool IsReady => Volatile.Read(ref leaf) is not null;

    /// <summary>For one handshake, now.</summary>
    /// <exception cref="AuthenticationException">There is no certificate yet.</exception>
    public SslServerAuthenticationOptions ForHandshake() =>
        Volatile.Read(ref leaf)?.Handshake ?? throw new AuthenticationException("The operator has no certificate for gateways yet.");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new Upkeep(
            options.Interval,
            time,
            problem => Log.SomebodyMustAct(logger, options.Secret, options.ConfigMap, problem),
            problem => Log.NotReached(logger, options.Secret, options.ConfigMap, problem)).RunAsync(TurnAsync, stoppingToken);

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
