using System.Net;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>Looks after something that must stay as it is: at once and at every interval, whatever was met the last time.</summary>
/// <param name="interval">Between two looks.</param>
/// <param name="time">Measures the pauses.</param>
/// <param name="somebodyMustAct">Hears of a problem that does not go away by itself.</param>
/// <param name="notReached">Hears of one that does.</param>
internal sealed class Upkeep(TimeSpan interval, TimeProvider time, Action<string> somebodyMustAct, Action<string> notReached)
{
    private static readonly TimeSpan AfterLostRace = TimeSpan.FromMilliseconds(200);
    private string? told;

    /// <param name="look">Puts right what is not as it should be.</param>
    /// <param name="stoppingToken">Ends it, and nothing else does.</param>
    public async Task RunAsync(Func<CancellationToken, Task> look, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = interval;

            try
            {
                await look(stoppingToken).ConfigureAwait(false);
                told = null;
            }
            catch (ApiRefusedException refused) when (refused.Refusal.Code == HttpStatusCode.Conflict)
            {
                // Another replica wrote first; what it wrote counts.
                wait = AfterLostRace;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // A request that breaks during a stop is part of the stop.
                return;
            }
            catch (Exception failure)
            {
                // Whatever it was, what is at hand serves on, and it will be tried again: nothing else would heal it.
                Tell(failure);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One line a problem, however often it is met.</summary>
    private void Tell(Exception failure)
    {
        var isForSomebody = failure is InvalidDataException or UnauthorizedAccessException or ApiRefusedException { Refusal.IsPassing: false };

        // What heals by itself says so in other words at each try.
        var problem = isForSomebody ? failure.Message : "";

        if (problem == told)
        {
            return;
        }

        told = problem;
        (isForSomebody ? somebodyMustAct : notReached)(failure.Message);
    }
}
