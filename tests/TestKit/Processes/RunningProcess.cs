using System.Collections.Immutable;
using System.Diagnostics;
using Portcullis.TestKit.Events;

namespace Portcullis.TestKit.Processes;

/// <summary>A program that runs beside the test, with all that it prints. Disposing it kills it if it still runs.</summary>
public sealed class RunningProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task reading;

    private RunningProcess(string name, Process process)
    {
        this.process = process;
        Name = name;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Name { get; }

    public int Id => process.Id;

    /// <summary>Standard output and standard error, line by line.</summary>
    public Journal<string> Output { get; } = new();

    /// <summary>What it printed, for the message of a failure.</summary>
    public string Printed => $"{Name} printed:{Environment.NewLine}{string.Join(Environment.NewLine, Output.Entries)}";

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public static RunningProcess Start(string name, string file, params IEnumerable<string> arguments) =>
        Start(name, file, ImmutableDictionary<string, string>.Empty, arguments);

    public static RunningProcess Start(string name, string file, ImmutableDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        process.StandardInput.Close();

        return new RunningProcess(name, process);
    }

    /// <summary>The first line that contains this.</summary>
    /// <exception cref="ProcessEndedException">It ended without printing one.</exception>
    public async Task<string> WaitForLineAsync(string fragment, CancellationToken cancellationToken)
    {
        var printed = Output.WaitAsync(lines => lines.Any(Matches), cancellationToken);
        await Task.WhenAny(printed, EndOfOutputAsync(cancellationToken)).ConfigureAwait(false);
        if (!printed.IsCompleted && !Output.Entries.Any(Matches))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Ended();
        }

        return Output.Entries.First(Matches);

        bool Matches(string line) => line.Contains(fragment, StringComparison.Ordinal);
    }

    /// <summary>Waits until <paramref name="attempt"/> succeeds, asking again and again while the process lives.</summary>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            while (!await attempt(cancellationToken).ConfigureAwait(false))
            {
                if (process.HasExited)
                {
                    throw Ended();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException patience) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"{Name} did not do in time what was waited for. {Printed}", patience, cancellationToken);
        }
    }

    /// <summary>SIGTERM, then the exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        Signal.Term(process);

        return await ExitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>SIGKILL: no chance to say goodbye.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process.Kill();
        await ExitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The exit code once it has ended and all its output was read.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await EndOfOutputAsync(cancellationToken).ConfigureAwait(false);

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await EndOfOutputAsync(CancellationToken.None).ConfigureAwait(false);
        process.Dispose();
    }

    private async Task EndOfOutputAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private ProcessEndedException Ended() => new(Name, process.ExitCode, Output.Entries);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            Output.Add(line);
        }
    }
}
