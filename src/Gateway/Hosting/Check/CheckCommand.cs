using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary><c>gateway check</c>: the gateway's own verdict about a chain in a file, without a connection.</summary>
internal static class CheckCommand
{
    private const int Trusted = 0;
    private const int Refused = 1;
    private const int WrongUsage = 2;

    public static Command Create()
    {
        var roots = new Option<FileInfo?>("--roots") { Description = "PEM file with the trusted roots, and intermediates if you like", HelpName = "ca.pem" };
        var chain = new Option<FileInfo?>("--chain") { Description = "PEM file with what the server sends, its own certificate first", HelpName = "chain.pem" };
        var name = new Option<string?>("--name") { Description = "DNS name, IP address or URI that must be in the certificate", HelpName = "NAME" };
        var at = new Option<string?>("--at") { Description = "judge as of this moment, such as 2026-12-01T00:00:00Z; now by default", HelpName = "TIME" };
        var output = new Option<string>("--output", "-o") { Description = "text or json", DefaultValueFactory = _ => "text" };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("text" or "json") and var other }])
            {
                result.AddError($"--output must be text or json; it is '{other}'.");
            }
        });
        var batch = new Option<bool>("--batch") { Description = $"answer one JSON question a line from standard input: {BatchCheck.Form}" };

        var command = new Command("check", "Judge a certificate chain as the gateway would. Exit status: 0 trusted, 1 refused, 2 wrong usage.")
        {
            roots, chain, name, at, output, batch,
        };

        command.Validators.Add(result =>
        {
            var beside = new Option[] { roots, chain, name, at, output }.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();

            if (result.GetResult(batch) is { Implicit: false } && beside.Length > 0)
            {
                result.AddError($"--batch has its questions from standard input and answers in JSON; leave out {string.Join(", ", beside)}.");
            }
        });

        command.SetAction(async (arguments, cancellationToken) =>
        {
            if (arguments.GetValue(batch))
            {
                await using var questions = Console.OpenStandardInput();
                await using var answers = Console.OpenStandardOutput();
                await BatchCheck.RunAsync(questions, answers, TimeProvider.System, cancellationToken);
                return Trusted;
            }

            var configuration = arguments.InvocationConfiguration;
            try
            {
                var verdict = Judge(
                    Required(arguments.GetValue(roots), "--roots ca.pem"),
                    Required(arguments.GetValue(chain), "--chain chain.pem"),
                    CheckedName.Parse(Required(arguments.GetValue(name), "--name shop.internal")),
                    Moment(arguments.GetValue(at)));

                await configuration.Output.WriteLineAsync(arguments.GetValue(output) == "json" ? Json(verdict) : Text(verdict));
                return verdict is Verdict.Trusted ? Trusted : Refused;
            }
            catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
            {
                await configuration.Error.WriteLineAsync($"gateway check: {wrong.Message}");
                return WrongUsage;
            }
        });

        return command;
    }

    private static Verdict Judge(FileInfo roots, FileInfo chain, SubjectName name, DateTimeOffset at)
    {
        var trust = TrustSet.OfAll(bundle: null, Read("--roots", roots));
        var presented = Read("--chain", chain);
        var expectation = new PeerExpectation { Identity = CheckedName.IdentityOf(name) };

        return Trust.Judge.Built(presented[0], presented, expectation, trust, new Evidence(), at);
    }

    private static ImmutableArray<X509Certificate2> Read(string option, FileInfo file)
    {
        if (!file.Exists)
        {
            throw new FormatException($"{option} {file}: there is no such file.");
        }

        try
        {
            return PemFile.Certificates(File.ReadAllText(file.FullName));
        }
        catch (FormatException malformed)
        {
            throw new FormatException($"{option} {file}: {malformed.Message}.", malformed);
        }
    }

    private static T Required<T>(T? value, string example)
        where T : class => value ?? throw new FormatException($"{example.Split(' ')[0]} is missing; write for example {example}, or use --batch.");

    private static DateTimeOffset Moment(string? text)
    {
        if (text is null)
        {
            return TimeProvider.System.GetUtcNow();
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : throw new FormatException($"--at {text} is no moment; write for example --at 2026-12-01T00:00:00Z.");
    }

    private static string Json(Verdict verdict) => JsonSerializer.Serialize(CheckReport.Of(verdict), CheckJson.Default.CheckReport);

    private static string Text(Verdict verdict) => verdict is Verdict.Refused refused
        ? $"""
          refused  {VerdictText.Code(refused.Reason)} {refused.Reason}: {VerdictText.Message(refused)}
          fix      {VerdictText.Remedy(refused)}
          """
        : $"trusted  {string.Join(" < ", verdict.Evidence.Chain.Select(certificate => certificate.Subject))}";
}
