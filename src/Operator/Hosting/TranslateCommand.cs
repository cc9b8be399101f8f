using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Portcullis.Contract;
using Portcullis.Hosting;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Stores.Manifests;
using Portcullis.Operator.Stores.Manifests.Files;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary><c>operator translate</c>: what a folder of manifests comes to, without running anything.</summary>
internal sealed class TranslateCommand
{
    private readonly Argument<string> folder = new("folder") { Description = "The manifests, such as samples." };

    private readonly Option<ImmutableArray<string>> gateways = GatewayOptions.Gateways();

    private readonly Option<ResourceKey?> defaultCertificate = GatewayOptions.DefaultCertificate();

    private readonly Option<OutputFormat> output = OptionOf.One<OutputFormat>(
        "-o", "yaml or json", "json", "How the result is written.", OptionText.TryParseOutputFormat, OutputFormat.Yaml);

    private TranslateCommand()
    {
    }

    public static Command Create(TimeProvider time)
    {
        var options = new TranslateCommand();
        var command = new Command("translate", "Prints configurations, statuses and problems of a folder. Exit status 1 when anything was refused.")
        {
            options.folder, options.gateways, options.defaultCertificate, options.output,
        };

        command.SetAction((parsed, cancellationToken) => options.PrintAsync(parsed, time.GetUtcNow(), cancellationToken));
        return command;
    }

    private async Task<int> PrintAsync(ParseResult parsed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(folder);

        if (!Directory.Exists(path))
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"The folder must exist, such as samples; there is none at '{path}'.").ConfigureAwait(false);
            return ExitStatus.Usage;
        }

        var (snapshot, problems) = await ManifestFolder.ReadAsync(path, NullLogger<ManifestFolder>.Instance, cancellationToken).ConfigureAwait(false);
        var translation = Translator.Translate(snapshot, FleetState.Empty, previous: null, Options(parsed), now);
        var statuses = ConditionComposer.Compose(snapshot, translation, FleetState.Empty, now);
        var document = TranslationDocument.Of(problems, translation, statuses);
        var text = parsed.GetValue(output) == OutputFormat.Json ? document.ToJsonString(TranslationDocument.Indented) + "\n" : YamlWriter.Write(document);

        await parsed.InvocationConfiguration.Output.WriteAsync(text).ConfigureAwait(false);
        return problems.IsEmpty && TranslationDocument.ProblemsOf(translation).IsEmpty ? ExitStatus.Fine : ExitStatus.Failed;
    }

    private TranslationOptions Options(ParseResult parsed) => new()
    {
        Gateways = [.. parsed.GetValue(gateways).Select(name => new DeclaredGateway { Name = name, DefaultCertificate = parsed.GetValue(defaultCertificate) })],
    };
}
