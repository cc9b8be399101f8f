using System.CommandLine;
using System.CommandLine.Invocation;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Check;

var commands = new RootCommand("Portcullis gateway: HTTPS in front, verified HTTPS to backends.")
{
    RunCommand.Create(GatewayProcess.RunAsync),
    CheckCommand.Create(),
};

var parsed = commands.Parse(args);

if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    var command = parsed.CommandResult.Command;
    Console.Error.WriteLine($"All there is: gateway {(command == commands ? "" : command.Name + " ")}--help");

    return ExitStatus.Usage;
}

// Signals are for the host, which drains; a command line that ended the process after a moment would cut requests off.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
