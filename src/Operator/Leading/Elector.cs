using System.Text.Json.Nodes;
using Portcullis.Contract;

namespace Portcullis.Operator.Leading;

/// <summary>
/// Competes for the Lease for ever, and leads in terms: acquire, lead while renewing, stop. Written here because the client library's own gives up on
/// one broken connection, measures by the wall clock and does not release (decision 0009).
/// </summary>
internal sealed partial class Elector(LeaseObject lease, ElectionOptions options, TimeProvider time, ILogger<Elector> logger)
{
    // However often it is asked for: a gateway that says what is not true must not keep the others without a leader.
    private static readonly TimeSpan BetweenHigherTerms = TimeSpan.FromMinutes(1);

    private readonly Candidacy candidacy = new(lease, options, time, logger);
    private long? tookHigherTerm;

    /// <summary>Returns when it was told to stop, with the Lease released.</summary>
    /// <param name="lead">Runs in one term, and returns soon after the term has ended; if it fails, so does this.</param>
    /// <param name="stoppingToken">Ends term and candidacy.</param>
    /// <exception cref="TermOverrunException">What ran in a term did not stop.</exception>
    public async Task RunAsync(Func<Term, Task> lead, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (term, held) = await candidacy.AcquireAsync(stoppingToken).ConfigureAwait(false);

                using (term)
                {
                    await LeadAsync(term, held, lead, stoppingToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task LeadAsync(Term term, LeaseReading held, Func<Term, Task> lead, CancellationToken stoppingToken)
    {
        Log.Leads(logger, options.Identity, term.Epoch);
        using var stopping = stoppingToken.UnsafeRegister(static ending => ((Term)ending!).End(), term);
        var leading = lead(term);
        var mayRelease = await RenewAsync(term, held, leading, stoppingToken).ConfigureAwait(false);

        term.End();
        await Task.WhenAny(leading, Task.Delay(options.TimeToStop, time, CancellationToken.None)).ConfigureAwait(false);

        if (!leading.IsCompleted)
        {
            throw new TermOverrunException(term.Epoch, options.TimeToStop);
        }

        if (mayRelease)
        {
            await ReleaseAsync().ConfigureAwait(false);
        }

        if (leading.IsFaulted)
        {
            await leading.ConfigureAwait(false);
        }
    }

    /// <summary>True when the term ended by our own will, so that the Lease is still ours to release.</summary>
    private async Task<bool> RenewAsync(Term term, LeaseReading held, Task leading, CancellationToken stoppingToken)
    {
        var toldProblem = false;

        while (true)
        {
            await Task.WhenAny(leading, Task.Delay(LeasePace.Next(options), time, term.Ended)).ConfigureAwait(false);

            if (stoppingToken.IsCancellationRequested)
            {
                return true;
            }

            // Before what ran in the term is looked at, which ends with it.
            if (!term.IsHeld)
            {
                Log.Late(logger, options.Identity, term.Epoch, options.RenewDeadline);
                return false;
            }

            if (leading.IsCompleted)
            {
                return true;
            }

            if (term.OutrunBy is { } epoch && (tookHigherTerm is not { } last || time.GetElapsedTime(last) >= BetweenHigherTerms))
            {
                // The Lease stays ours, so that nobody comes between; the next candidacy takes it at once, under a higher epoch.
                tookHigherTerm = time.GetTimestamp();
                candidacy.HasSeen(epoch);
                Log.Outrun(logger, options.Identity, term.Epoch, epoch);
                return false;
            }

            try
            {
                var at = time.GetTimestamp();
                var (renewed, lost) = await RenewAsync(held, term.Ended).ConfigureAwait(false);

                if (lost is not null)
                {
                    Log.Lost(logger, options.Identity, term.Epoch, lost);
                    return false;
                }

                (held, toldProblem) = (renewed, false);
                term.Renew(at);
            }
            catch (Exception failure) when (!term.Ended.IsCancellationRequested)
            {
                // One refusal or broken connection costs no leadership; only the deadline does.
                if (!toldProblem)
                {
                    toldProblem = true;
                    Log.NotRenewed(logger, options.Lease, failure.Message, options.RenewDeadline);
                }
            }
            catch (Exception) when (term.Ended.IsCancellationRequested)
            {
                // The next turn of this loop says why it ended.
            }
        }
    }

    /// <summary>Why it is lost, or null and what it is now.</summary>
    private async Task<(LeaseReading Held, string? Lost)> RenewAsync(LeaseReading held, CancellationToken cancellationToken)
    {
        var renewed = await ReplaceAsync(LeaseWriting.Renewed(held, options.LeaseDuration, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);

        if (renewed is not null)
        {
            return (renewed, null);
        }

        // Somebody wrote to it, took it or deleted it; or an earlier renewal arrived although its answer did not.
        var present = await ReadAsync(cancellationToken).ConfigureAwait(false);

        if (present is null || present.Uid != held.Uid)
        {
            return (held, "the Lease was deleted");
        }

        if (present.Holder != options.Identity)
        {
            return (held, present.Holder.Length == 0 ? "somebody released the Lease" : $"{present.Holder} holds the Lease");
        }

        var again = await ReplaceAsync(LeaseWriting.Renewed(present, options.LeaseDuration, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        return (again ?? throw new TimeoutException("The Lease was written by others twice in a moment."), null);
    }

    private async Task ReleaseAsync()
    {
        try
        {
            // Read again: the last renewal may have arrived although its answer did not.
            if (await ReadAsync(CancellationToken.None).ConfigureAwait(false) is { } present && present.Holder == options.Identity)
            {
                await ReplaceAsync(LeaseWriting.Released(present, time.GetUtcNow()), CancellationToken.None).ConfigureAwait(false);
                Log.Released(logger, options.Identity);
            }
        }
        catch (Exception failure)
        {
            // Nothing is lost but time: another operator takes it when its duration is over.
            Log.NotReleased(logger, options.Lease, failure.Message, options.LeaseDuration);
        }
    }

    private Task<LeaseReading?> ReadAsync(CancellationToken cancellationToken) =>
        LeasePace.WithinAsync(options.RequestTimeout, time, lease.ReadAsync, cancellationToken);

    private Task<LeaseReading?> ReplaceAsync(JsonObject content, CancellationToken cancellationToken) =>
        LeasePace.WithinAsync(options.RequestTimeout, time, token => lease.ReplaceAsync(content, token), cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Identity} leads, with epoch {Epoch}.")]
        public static partial void Leads(ILogger logger, string identity, long epoch);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The Lease {Lease} could not be renewed: {Problem} Leading on for at most {Deadline} after the last renewal, and trying again without another line.")]
        public static partial void NotRenewed(ILogger logger, ResourceKey lease, string problem, TimeSpan deadline);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Identity} leads no more (epoch {Epoch}): it could not renew the Lease for {Deadline}.")]
        public static partial void Late(ILogger logger, string identity, long epoch, TimeSpan deadline);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Identity} leads no more (epoch {Epoch}): {Cause}.")]
        public static partial void Lost(ILogger logger, string identity, long epoch, string cause);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Identity} begins another term: gateways hold a configuration of epoch {Held}, and take none of epoch {Epoch}. The Lease was deleted twice in a moment, or clocks differ.")]
        public static partial void Outrun(ILogger logger, string identity, long epoch, long held);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Identity} released the Lease.")]
        public static partial void Released(ILogger logger, string identity);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The Lease {Lease} could not be released: {Problem} The next leader follows in {Duration}.")]
        public static partial void NotReleased(ILogger logger, ResourceKey lease, string problem, TimeSpan duration);
    }
}
