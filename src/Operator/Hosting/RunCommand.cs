using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Portcullis.Contract;
using Portcullis.Hosting;

namespace Portcullis.Operator.Hosting;

/// <summary><c>operator run</c>: its options, each answered by name when it is wrong, and what starts from them.</summary>
internal sealed class RunCommand
{
    private readonly Option<string?> manifests = OptionOf.Optional<string>(
        "--manifests", "a folder", "samples", "The manifests to serve; edits are picked up (required).", PathText.TryParse);

    private readonly Option<string?> state = OptionOf.Optional<string>(
        "--state", "a folder", "state", "Where bundles, statuses, authority and token for gateways are kept; made when it is missing (required).", PathText.TryParse);

    private readonly Option<IPEndPoint> listen = OptionOf.One<IPEndPoint>(
        "--listen", "a loopback address with a port", "127.0.0.1:9443", "Where gateways call.", OptionText.TryParseLoopback, new IPEndPoint(IPAddress.Loopback, 9443));

    private readonly Option<IPEndPoint?> health = OptionOf.Optional<IPEndPoint>(
        "--health", "a loopback address with a port", "127.0.0.1:8082", "Where /livez and /readyz are answered over plain HTTP; nowhere by default.", OptionText.TryParseLoopback);

    private readonly Option<ImmutableArray<string>> gateways = GatewayOptions.Gateways();

    private readonly Option<ResourceKey?> defaultCertificate = GatewayOptions.DefaultCertificate();

    private readonly Option<LogFormat> log = LogOutput.Option();

    private RunCommand()
    {
    }

    /// <param name="run">Ends when the operator was stopped; its result is the exit status.</param>
    public static Command Create(Func<StandaloneOptions, Task<int>> run)
    {
        var options = new RunCommand();
        var command = new Command("run", "Serves a folder of manifests to gateways, without a cluster.")
        {
            options.manifests, options.state, options.listen, options.health, options.gateways, options.defaultCertificate, options.log,
        };

        command.Validators.Add(options.AddMissing);
        command.SetAction(parsed => StartAsync(options.Read(parsed), run, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Task<int> StartAsync(StandaloneOptions options, Func<StandaloneOptions, Task<int>> run, TextWriter errors)
    {
        var problems = options.Problems().ToArray();

        foreach (var problem in problems)
        {
            errors.WriteLine(problem);
        }

        return problems.Length == 0 ? run(options) : Task.FromResult(ExitStatus.Usage);
    }

    private void AddMissing(CommandResult result)
    {
        foreach (var option in new Option[] { manifests, state })
        {
            if (result.GetResult(option) is null or { Implicit: true })
            {
                result.AddError($"{option.Name} is missing. {option.Description}");
            }
        }
    }

    private StandaloneOptions Read(ParseResult parsed) => new()
    {
        Manifests = parsed.GetRequiredValue(manifests)!,
        State = parsed.GetRequiredValue(state)!,
        Listen = parsed.GetRequiredValue(listen),
        Health = parsed.GetValue(health),
        Gateways = parsed.GetValue(gateways),
        DefaultCertificate = parsed.GetValue(defaultCertificate),
        Log = parsed.GetValue(log),
    };
}
