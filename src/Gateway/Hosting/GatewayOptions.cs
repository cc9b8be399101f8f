using System.Collections.Immutable;
using System.Net;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Link;
using Portcullis.Gateway.Proxy;
using Portcullis.Hosting;

namespace Portcullis.Gateway.Hosting;

/// <summary>All that one gateway process is told when it is started. Routes and trust are not among it: they come from the operator and the mounts.</summary>
internal sealed record GatewayOptions
{
    public required LinkOptions Link { get; init; }

    /// <summary>Where compiled bundles are mounted; several when one volume cannot hold them all.</summary>
    public required ImmutableArray<string> BundleDirectories { get; init; }

    public TimeSpan MountInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>HTTPS for clients.</summary>
    public ImmutableArray<ListenAddress> Https { get; init; } = [new ListenAddress(null, 8443)];

    /// <summary>Plain HTTP for clients: redirected to HTTPS unless a route says otherwise; empty for none.</summary>
    public ImmutableArray<ListenAddress> Http { get; init; } = [];

    /// <summary>Where clients reach HTTPS, in redirects.</summary>
    public int PublicHttpsPort { get; init; } = 443;

    /// <summary>Plain HTTP for probes; null for none.</summary>
    public ListenAddress? Health { get; init; }

    /// <summary>Networks that backends may be in although they are refused by default, such as loopback for a demo (P10).</summary>
    public ImmutableArray<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Proxies in front of the gateway, believed in what they say about clients.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Shown to clients when the operator pushes no certificate; null for a self-signed one.</summary>
    public FrontCertificatePaths? Certificate { get; init; }

    /// <summary>What clients may take.</summary>
    public FrontLimits Front { get; init; } = new();

    public RequestLimits Requests { get; init; } = new();

    public DrainTimes Drain { get; init; } = new(TimeSpan.Zero, TimeSpan.FromSeconds(30));

    public LogFormat Log { get; init; } = LogFormat.Text;

    public AccessLogMode AccessLog { get; init; }

    /// <summary>What only shows when options are seen together or files are opened; each line names the option and an example of a right one.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in Link.Problems())
        {
            yield return problem;
        }

        foreach (var twice in Https.Where(address => address.Port != 0).GroupBy(address => address).Where(same => same.Count() > 1))
        {
            yield return $"--https names {twice.Key} twice; name each address once, such as 127.0.0.1:8443,127.0.0.1:9443.";
        }

        if (Health is { Port: > 0 } && Https.Contains(Health))
        {
            yield return $"--health must have a port of its own, such as :8081; {Health} is also in --https.";
        }

        foreach (var everybody in TrustedProxies.Where(network => network.PrefixLength == 0))
        {
            yield return $"--trusted-proxy {everybody} would believe every client; name the networks that your proxies are in, such as 10.0.0.0/8.";
        }

        if (Certificate is not null && FrontCertificateFiles.ProblemOf(Certificate) is { } unusable)
        {
            yield return $"--certificate and --key must name a PEM chain, leaf first, and its key, such as --certificate chain.pem --key key.pem; {unusable}.";
        }
    }
}
