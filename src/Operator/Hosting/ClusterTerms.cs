using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Leading;
using Portcullis.Operator.Reconciling;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// Reads the cluster, and once everything was read competes for leadership. Each term gets a fleet and a loop of its own: nothing of an earlier term can
/// be pushed in a later one.
/// </summary>
internal sealed partial class ClusterTerms(
    Elector elector,
    ClusterSource source,
    LeadingFleet fleet,
    ClusterOptions options,
    Latest<SessionKey> sessionKeys,
    ReconcileOptions reconciling,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILoggerFactory loggers)
    : BackgroundService
{
    // A gateway that is asked to call again does so within seconds; a pod that is really gone leaves its Service's endpoints, and counts no more from then on (P8).
    private static readonly TimeSpan AbsenceGrace = TimeSpan.FromSeconds(15);

    private readonly ILogger logger = loggers.CreateLogger<ClusterTerms>();

    /// <summary>Of the session key; none by default.</summary>
    public Latest<SessionKeyProblem> SessionKeyProblems { get; init; } = new();

    /// <summary>Ends this process at once: what ran in a term did not stop, and another operator may lead.</summary>
    public Action<string> EndProcess { get; init; } = _ => { };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // At the first sign of the end, and not when it is this service's turn: the next leader should not wait for our last connections.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);

        try
        {
            await TogetherAsync(stopping.Token, source.RunAsync, CompeteAsync).ConfigureAwait(false);
        }
        catch (TermOverrunException overrun)
        {
            Log.Overrun(logger, overrun.Message);
            EndProcess(overrun.Message);
            throw;
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // However it ended: a request that broke just when this operator was told to stop is no failure of its own.
            return;
        }
    }

    private async Task CompeteAsync(CancellationToken stoppingToken)
    {
        await source.Synced.WaitAsync(stoppingToken).ConfigureAwait(false);
        Log.Synced(logger);
        await elector.RunAsync(LeadAsync, stoppingToken).ConfigureAwait(false);
    }

    private async Task LeadAsync(Term term)
    {
        var hub = new FleetHub(options.Gateways.Select(gateway => gateway.Name), term.Epoch, time.GetUtcNow(), time) { Grace = AbsenceGrace };
        var present = new FleetTerm(hub, () => term.IsHeld, term.Outrun, term.Ended);
        using var parts = source.Begin(term);
        using var loop = new ReconcileLoop(parts.Store, hub, options.Translation, sessionKeys, reconciling, time, loggers.CreateLogger<ReconcileLoop>())
        {
            SessionKeyProblems = SessionKeyProblems,
        };

        fleet.Begin(present);

        try
        {
            await TogetherAsync(term.Ended, loop.RunAsync, parts.RunAsync).ConfigureAwait(false);
        }
        catch (Exception) when (term.Ended.IsCancellationRequested)
        {
            // However it ended: the term was over, and what it was doing is the next leader's. Its streams must be gone before it counts as stopped.
            fleet.End(present);
            await hub.EmptiedAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            fleet.End(present);
        }
    }

    /// <summary>Neither ends before it is told to. One that fails is a fault of ours, and must not leave the other running alone.</summary>
    private static async Task TogetherAsync(CancellationToken stoppingToken, params Func<CancellationToken, Task>[] loops)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] running = [.. loops.Select(loop => loop(ending.Token))];

        var first = await Task.WhenAny(running).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (running.FirstOrDefault(loop => loop.IsFaulted) ?? first).ConfigureAwait(false);
        stoppingToken.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Everything in the cluster was read once; this operator can lead.")]
        public static partial void Synced(ILogger logger);

        [LoggerMessage(Level = LogLevel.Error, Message = "The operator ends: {Problem}. Another one leads; please report this.")]
        public static partial void Overrun(ILogger logger, string problem);
    }
}
