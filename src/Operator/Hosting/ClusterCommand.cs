using System.CommandLine;
using System.CommandLine.Parsing;
using Portcullis.Hosting;

namespace Portcullis.Operator.Hosting;

/// <summary><c>operator cluster</c>: its options, its options file, and what starts from them.</summary>
internal sealed class ClusterCommand
{
    private readonly Option<string?> file = OptionOf.Optional<string>(
        "--options", "a file", "/etc/portcullis/operator.yaml", "What the chart tells this operator, as YAML (required).", PathText.TryParse);

    private readonly Option<string?> podName = OptionOf.Optional<string>(
        "--pod-name", "a name", "portcullis-operator-7d4b9-x2x7p", "Of the pod this runs in; names the leader (required).", OptionText.TryParseObjectName);

    private readonly Option<string?> kubeconfig = OptionOf.Optional<string>(
        "--kubeconfig", "a file", "~/.kube/config", "Where the API server is and who is asking; by default what a pod is given.", PathText.TryParse);

    private readonly Option<LogFormat> log = LogOutput.Option();

    private ClusterCommand()
    {
    }

    /// <param name="run">Ends when the operator was stopped; its result is the exit status.</param>
    public static Command Create(Func<ClusterStart, Task<int>> run)
    {
        var options = new ClusterCommand();
        var command = new Command("cluster", "Serves a cluster's resources to gateways, through its API server.") { options.file, options.podName, options.kubeconfig, options.log };

        command.Validators.Add(options.AddMissing);
        command.SetAction((parsed, cancellationToken) => options.StartAsync(parsed, run, cancellationToken));
        return command;
    }

    private async Task<int> StartAsync(ParseResult parsed, Func<ClusterStart, Task<int>> run, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(file)!;
        var errors = parsed.InvocationConfiguration.Error;

        try
        {
            var (options, problems) = ClusterOptionsFile.Read(await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false));

            foreach (var problem in problems)
            {
                await errors.WriteLineAsync($"{path}: {problem}").ConfigureAwait(false);
            }

            return options is null
                ? ExitStatus.Usage
                : await run(new ClusterStart(options, parsed.GetRequiredValue(podName)!, parsed.GetValue(kubeconfig), parsed.GetValue(log))).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"--options must be a file that can be read, such as /etc/portcullis/operator.yaml; '{path}' cannot: {unreadable.Message}").ConfigureAwait(false);
            return ExitStatus.Usage;
        }
    }

    private void AddMissing(CommandResult result)
    {
        foreach (var option in new Option[] { file, podName })
        {
            if (result.GetResult(option) is null or { Implicit: true })
            {
                result.AddError($"{option.Name} is missing. {option.Description}");
            }
        }
    }
}
