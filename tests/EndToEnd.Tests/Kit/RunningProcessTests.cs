using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Kit;

/// <summary>Programs that tests run beside them.</summary>
public sealed class RunningProcessTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_is_kept_line_by_line_with_the_exit_code()
    {
        await using var process = RunningProcess.Start("sh", "/bin/sh", "-c", "echo one; echo two >&2; exit 3");

        Assert.Equal("one", await process.WaitForLineAsync("one", cancellation));
        Assert.Equal(3, await process.ExitAsync(cancellation));
        Assert.Equal(["one", "two"], process.Output.Entries.Order());
    }

    [Fact]
    public async Task Waiting_for_a_line_of_a_program_that_ends_fails_with_what_it_printed()
    {
        await using var process = RunningProcess.Start("sh", "/bin/sh", "-c", "echo no luck");

        var ended = await Assert.ThrowsAsync<ProcessEndedException>(() => process.WaitForLineAsync("ready", cancellation));

        Assert.Contains("no luck", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_can_end_in_its_own_way_when_it_is_terminated_and_not_when_it_is_killed()
    {
        const string Polite = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
        await using var terminated = RunningProcess.Start("sh", "/bin/sh", "-c", Polite);
        await using var killed = RunningProcess.Start("sh", "/bin/sh", "-c", Polite);
        await terminated.WaitForLineAsync("ready", cancellation);
        await killed.WaitForLineAsync("ready", cancellation);

        Assert.Equal(0, await terminated.TerminateAsync(cancellation));
        await killed.KillAsync(cancellation);

        Assert.Equal(["ready", "bye"], terminated.Output.Entries);
        Assert.Equal(["ready"], killed.Output.Entries);
    }
}
