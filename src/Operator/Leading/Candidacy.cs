using Portcullis.Contract;

namespace Portcullis.Operator.Leading;

/// <summary>The way to leadership: looks at the Lease until it is free or its holder has been silent for its whole duration, and then takes it.</summary>
internal sealed partial class Candidacy(LeaseObject lease, ElectionOptions options, TimeProvider time, ILogger logger)
{
    // Of all Leases this process has seen: one that was deleted must not restart the epoch.
    private long highestEpoch;
    private string? toldHolder;
    private bool toldProblem;

    /// <summary>The next term is to be higher than this.</summary>
    public void HasSeen(long epoch) => highestEpoch = Math.Max(highestEpoch, epoch);

    /// <summary>Ends by acquiring, or by cancellation. The term's owner disposes it.</summary>
    public async Task<(Term Term, LeaseReading Lease)> AcquireAsync(CancellationToken stoppingToken)
    {
        var watch = new LeaseWatch(options.LeaseDuration, time);

        while (true)
        {
            var wait = LeasePace.Next(options);

            try
            {
                var (acquired, patience) = await TryAcquireAsync(watch, stoppingToken).ConfigureAwait(false);

                if (acquired is { } success)
                {
                    return success;
                }

                toldProblem = false;
                wait = patience < wait ? patience : wait;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the answer is to look again: a candidate that gave up would leave nobody to take over.
                Tell(failure);
            }

            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<((Term, LeaseReading)? Acquired, TimeSpan Patience)> TryAcquireAsync(LeaseWatch watch, CancellationToken stoppingToken)
    {
        var present = await LeasePace.WithinAsync(options.RequestTimeout, time, lease.ReadAsync, stoppingToken).ConfigureAwait(false);
        highestEpoch = Math.Max(highestEpoch, present?.Epoch ?? 0);

        if (present is not null && present.Holder.Length > 0 && present.Holder != options.Identity)
        {
            Tell(present.Holder);

            if (watch.Observe(present) is var patience && patience > TimeSpan.Zero)
            {
                return (null, patience);
            }
        }

        return (await TakeAsync(present, stoppingToken).ConfigureAwait(false), options.RetryPeriod);
    }

    private async Task<(Term, LeaseReading)?> TakeAsync(LeaseReading? present, CancellationToken stoppingToken)
    {
        if (present is { EpochText: not null, Epoch: 0 })
        {
            Log.EpochUnreadable(logger, options.Lease, LeaseReading.EpochAnnotation);
        }

        var now = time.GetUtcNow();
        var epoch = Math.Max(highestEpoch + 1, now.ToUnixTimeSeconds());
        var at = time.GetTimestamp();
        var taken = await LeasePace.WithinAsync(
            options.RequestTimeout,
            time,
            token => present is null
                ? lease.CreateAsync(LeaseWriting.New(options.Lease, options.Identity, epoch, options.LeaseDuration, now), token)
                : lease.ReplaceAsync(LeaseWriting.Acquired(present, options.Identity, epoch, options.LeaseDuration, now), token),
            stoppingToken).ConfigureAwait(false);

        if (taken is null)
        {
            // Somebody else was faster; the next look tells who.
            return null;
        }

        (highestEpoch, toldHolder, toldProblem) = (epoch, null, false);
        return (new Term(epoch, at, options.RenewDeadline, time), taken);
    }

    private void Tell(string holder)
    {
        if (holder != toldHolder)
        {
            toldHolder = holder;
            Log.AnotherLeads(logger, holder, options.Identity);
        }
    }

    private void Tell(Exception failure)
    {
        if (!toldProblem)
        {
            toldProblem = true;
            Log.NotReached(logger, options.Lease, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Holder} leads; {Identity} stands by.")]
        public static partial void AnotherLeads(ILogger logger, string holder, string identity);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The Lease {Lease} could not be read or taken: {Problem} Standing by and trying again, without another line.")]
        public static partial void NotReached(ILogger logger, ResourceKey lease, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The annotation {Annotation} of the Lease {Lease} cannot be read; continuing from the clock and what this process has seen.")]
        public static partial void EpochUnreadable(ILogger logger, ResourceKey lease, string annotation);
    }
}
