using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Link;
using Portcullis.Hosting;

namespace Portcullis.Gateway.Hosting;

/// <summary><c>gateway run</c>: its options, each answered by name when it is wrong, and what starts from them.</summary>
internal sealed class RunCommand
{
    private readonly Option<Uri?> @operator = OptionOf.Optional<Uri>(
        "--operator", "an https address", "https://127.0.0.1:9443", "Where the operator is (required).", OptionText.TryParseHttps);

    private readonly Option<string?> operatorCa = OptionOf.Optional<string>(
        "--operator-ca", "a file", "state/link/ca.crt", "PEM of the authority that vouches for the operator (required).", PathText.TryParse);

    private readonly Option<string?> token = OptionOf.Optional<string>(
        "--token-file", "a file", "state/link/token", "The token that proves to the operator who this gateway is (required).", PathText.TryParse);

    private readonly Option<ImmutableArray<string>> bundles = OptionOf.Many<string>(
        "--bundles", "a directory", "state/bundles", "Where compiled trust bundles are mounted; may be given more than once (required).", PathText.TryParse, []);

    private readonly Option<string> gateway = OptionOf.One<string>(
        "--name", "the name of a declared gateway", "default", "Which gateway to serve for.", OptionText.TryParseName, "default");

    private readonly Option<string?> podName = OptionOf.Optional<string>(
        "--pod-name", "a name", "gateway-7d4b9-x2x7p", "Shown in status; the machine's name by default.", OptionText.TryParseName);

    private readonly Option<string?> podUid = OptionOf.Optional<string>(
        "--pod-uid", "an identifier", "0f4c7a1e-8a39-4a8e-b6a5-d5f0b3c8a5b7", "Tells two gateways apart; random by default.", OptionText.TryParseName);

    private readonly Option<string?> saved = OptionOf.Optional<string>(
        "--saved", "a file", "/var/lib/portcullis/configuration", "Keeps the last good configuration for a start without the operator; it holds private keys.", PathText.TryParse);

    private readonly Option<ImmutableArray<ListenAddress>> https = OptionOf.Many<ListenAddress>(
        "--https", "address:port", "127.0.0.1:8443 or :8443", "Where clients are answered over HTTPS; may be given more than once.", ListenAddress.TryParse, [new ListenAddress(null, 8443)]);

    private readonly Option<ImmutableArray<ListenAddress>> http = OptionOf.Many<ListenAddress>(
        "--http", "address:port", "127.0.0.1:8080 or :8080", "Where clients are answered over plain HTTP: sent to HTTPS unless their route says otherwise; nowhere by default.", ListenAddress.TryParse, []);

    private readonly Option<int> httpsPort = OptionOf.One<int>(
        "--https-port", "a port", "443", "Where clients reach HTTPS, in redirects.", OptionText.TryParsePort, 443);

    private readonly Option<ListenAddress?> health = OptionOf.Optional<ListenAddress>(
        "--health", "address:port", "127.0.0.1:8081 or :8081", "Where /livez, /readyz and /startupz are answered over plain HTTP; nowhere by default.", ListenAddress.TryParse);

    private readonly Option<ImmutableArray<IPNetwork>> networks = OptionOf.Many<IPNetwork>(
        "--allow-network", "a network in CIDR form", "127.0.0.0/8", "Backends may be in this network although such addresses are refused by default; may be given more than once.", OptionText.TryParseNetwork, []);

    private readonly Option<ImmutableArray<IPNetwork>> proxies = OptionOf.Many<IPNetwork>(
        "--trusted-proxy", "a network in CIDR form", "10.0.0.0/8", "Proxies in front of the gateway: what they say about clients in X-Forwarded-* is believed; from nobody else by default. May be given more than once.", OptionText.TryParseNetwork, []);

    private readonly Option<string?> certificate = OptionOf.Optional<string>(
        "--certificate", "a file", "chain.pem", "PEM, leaf first: shown to clients when the operator pushes no certificate. Needs --key.", PathText.TryParse);

    private readonly Option<string?> key = OptionOf.Optional<string>(
        "--key", "a file", "key.pem", "PEM, not encrypted: the key of --certificate.", PathText.TryParse);

    private readonly LimitOptions limits = new();

    private readonly Option<TimeSpan> drainDelay = OptionOf.One<TimeSpan>(
        "--drain-delay", "a duration", "10s", "How long to accept connections after a signal to stop, until load balancers have noticed.", OptionText.TryParseDuration, TimeSpan.Zero);

    private readonly Option<TimeSpan> drainTimeout = OptionOf.One<TimeSpan>(
        "--drain-timeout", "a duration", "30s", "How long running requests may finish after that.", OptionText.TryParseDuration, TimeSpan.FromSeconds(30));

    private readonly Option<LogFormat> log = LogOutput.Option();

    private readonly Option<AccessLogMode> accessLog = OptionOf.One<AccessLogMode>(
        "--access-log",
        "none, failures or all",
        "failures",
        "Which requests are logged, a line each: failures are those that the gateway refused or could not finish, and 5xx of backends. None by default.",
        OptionText.TryParseAccessLog,
        AccessLogMode.None);

    private RunCommand()
    {
    }

    /// <param name="run">Ends when the gateway was stopped; its result is the exit status.</param>
    public static Command Create(Func<GatewayOptions, Task<int>> run)
    {
        var options = new RunCommand();
        var command = new Command("run", "Serves HTTPS and forwards over verified HTTPS, as the operator says.")
        {
            options.@operator, options.operatorCa, options.token, options.bundles, options.gateway, options.podName, options.podUid, options.saved, options.https, options.http, options.httpsPort, options.health,
            options.networks, options.proxies, options.certificate, options.key, options.drainDelay, options.drainTimeout, options.log, options.accessLog,
        };

        options.limits.AddTo(command);
        command.Validators.Add(options.AddMissing);
        command.SetAction(parsed => StartAsync(options.Read(parsed), run, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Task<int> StartAsync(GatewayOptions options, Func<GatewayOptions, Task<int>> run, TextWriter errors)
    {
        var problems = options.Problems().ToArray();

        // Made only for a gateway that will start.
        if (problems.Length == 0 && options.Link.SavedConfiguration is { } saved && SavedFolder.ProblemOf(saved) is { } unusable)
        {
            problems = [unusable];
        }

        foreach (var problem in problems)
        {
            errors.WriteLine(problem);
        }

        return problems.Length == 0 ? run(options) : Task.FromResult(ExitStatus.Usage);
    }

    private void AddMissing(CommandResult result)
    {
        foreach (var option in new Option[] { @operator, operatorCa, token, bundles })
        {
            if (result.GetResult(option) is null or { Implicit: true })
            {
                result.AddError($"{option.Name} is missing. {option.Description}");
            }
        }

        if (result.GetResult(certificate) is null != result.GetResult(key) is null)
        {
            result.AddError("--certificate and --key belong together, such as --certificate chain.pem --key key.pem; one of them is missing.");
        }
    }

    private GatewayOptions Read(ParseResult parsed)
    {
        var link = new LinkOptions
        {
            Operator = parsed.GetRequiredValue(@operator)!,
            CaFile = parsed.GetRequiredValue(operatorCa)!,
            TokenFile = parsed.GetRequiredValue(token)!,
            Gateway = parsed.GetRequiredValue(gateway),
            SavedConfiguration = parsed.GetValue(saved),
        };

        return new GatewayOptions
        {
            Link = link with { PodName = parsed.GetValue(podName) ?? Environment.MachineName, PodUid = parsed.GetValue(podUid) ?? link.PodUid },
            BundleDirectories = parsed.GetValue(bundles),
            Https = parsed.GetValue(https),
            Http = parsed.GetValue(http),
            PublicHttpsPort = parsed.GetValue(httpsPort),
            Health = parsed.GetValue(health),
            AllowedNetworks = parsed.GetValue(networks),
            TrustedProxies = parsed.GetValue(proxies),
            Certificate = parsed.GetValue(certificate) is { } chain && parsed.GetValue(key) is { } privateKey ? new FrontCertificatePaths(chain, privateKey) : null,
            Front = limits.Front(parsed),
            Requests = limits.Requests(parsed),
            Drain = new DrainTimes(parsed.GetValue(drainDelay), parsed.GetValue(drainTimeout)),
            Log = parsed.GetValue(log),
            AccessLog = parsed.GetValue(accessLog),
        };
    }
}
