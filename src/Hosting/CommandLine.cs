using System.CommandLine;
using System.CommandLine.Invocation;

namespace Portcullis.Hosting;

/// <summary>A program's command line: what is wrong with it in a few lines, or the command it names.</summary>
public static class CommandLine
{
    /// <param name="program">What users call it.</param>
    public static Task<int> RunAsync(string program, RootCommand commands, string[] arguments)
    {
        var parsed = commands.Parse(arguments);

        if (parsed.Action is not ParseErrorAction)
        {
            // Signals are for the host, which ends in good order; a command line that ended the process after a moment would cut requests off.
            return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }

        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine(error.Message);
        }

        var command = parsed.CommandResult.Command;
        Console.Error.WriteLine($"All there is: {program} {(command == commands ? "" : command.Name + " ")}--help");

        return Task.FromResult(ExitStatus.Usage);
    }
}
