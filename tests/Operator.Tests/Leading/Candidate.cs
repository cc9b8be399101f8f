using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Leading;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Leading;

/// <summary>One process that competes for the Lease; the test sees its terms.</summary>
internal sealed class Candidate : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ApiConnection api;
    private readonly Task running;

    public Candidate(ApiServer server, string name, TimeProvider time, Func<Term, Task>? lead = null)
    {
        api = new ApiConnection(new ApiServerAddress { Address = server.Address, CaPem = server.Authority.Pem, Token = server.AddUser(name, "system:masters") }, TimeProvider.System);
        var options = new ElectionOptions { Lease = Lease, Identity = name };
        var elector = new Elector(new LeaseObject(api, Lease), options, time, Log.For<Elector>());
        running = elector.RunAsync(lead ?? LeadAsync, stopping.Token);
    }

    public static ResourceKey Lease { get; } = new("default", "portcullis-operator");

    public TestLog Log { get; } = new();

    /// <summary>An entry when each begins.</summary>
    public Journal<Term> Terms { get; } = new();

    /// <summary>An entry when each has ended.</summary>
    public Journal<Term> Ended { get; } = new();

    public bool Leads => Terms.Entries.Any(term => term.IsHeld);

    public Task<Term> LeadsAsync(int terms = 1) => NthAsync(Terms, terms);

    public Task<Term> EndedAsync(int terms = 1) => NthAsync(Ended, terms);

    public async Task LineAsync(string text) =>
        await Log.Lines.WaitAsync(lines => lines.Any(line => line.Message.Contains(text, StringComparison.Ordinal)), TestContext.Current.CancellationToken);

    /// <summary>A clean exit.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    public Task RunningAsync() => running;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        api.Dispose();
        stopping.Dispose();
        Log.Dispose();
    }

    private async Task LeadAsync(Term term)
    {
        Terms.Add(term);
        await Task.Delay(Timeout.InfiniteTimeSpan, term.Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Ended.Add(term);
    }

    private static async Task<Term> NthAsync(Journal<Term> terms, int count) =>
        (await terms.WaitAsync(entries => entries.Length >= count, TestContext.Current.CancellationToken))[count - 1];
}
