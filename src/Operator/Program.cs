using System.CommandLine;
using System.CommandLine.Invocation;
using Portcullis.Operator.Hosting;

var commands = new RootCommand("Portcullis operator: turns declared routes and trust bundles into the configuration of gateways.")
{
    RunCommand.Create(StandaloneProcess.RunAsync),
    ClusterCommand.Create(ClusterProcess.RunAsync),
    TranslateCommand.Create(TimeProvider.System),
};

var parsed = commands.Parse(args);

if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    var command = parsed.CommandResult.Command;
    Console.Error.WriteLine($"All there is: operator {(command == commands ? "" : command.Name + " ")}--help");

    return ExitStatus.Usage;
}

// Signals are for the host, which ends its streams in good order.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
