using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

/// <summary>Writes events at its own pace. What cannot be written is left: the conditions say the same.</summary>
internal sealed partial class EventWriter(LeaderWrites writes, string podName, TimeProvider time, ILogger logger)
{
    private const int MostWaiting = 1000;

    private readonly EventBudget budget = new(time);
    private readonly Channel<(EventSubject Subject, Transition Transition)> waiting = Channel.CreateBounded<(EventSubject, Transition)>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private bool failing;

    /// <summary>Returns at once.</summary>
    public void Offer(EventSubject subject, ImmutableArray<Transition> transitions)
    {
        foreach (var transition in transitions)
        {
            if (budget.TryTake(subject.Uid))
            {
                waiting.Writer.TryWrite((subject, transition));
            }
            else
            {
                Log.TooMany(logger, subject.Kind.Name, subject.Key, transition.Reason);
            }
        }
    }

    /// <summary>Ends only by cancellation.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await foreach (var (subject, transition) in waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await WriteAsync(subject, transition, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(EventSubject subject, Transition transition, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await writes.SendAsync(
                new ApiRequest(HttpMethod.Post, ApiKind.Event.Path(subject.Key.Namespace))
                {
                    Query = [("fieldManager", WriteRequest.FieldManager)],
                    Body = JsonSerializer.SerializeToUtf8Bytes(EventBody.Of(subject, transition, podName, time.GetUtcNow())),
                },
                cancellationToken).ConfigureAwait(false);

            if (answer is ApiAnswer.Refused { Refusal: var refusal } && !refusal.IsStale())
            {
                Lost(subject, refusal.ToString());
            }
            else
            {
                failing = false;
            }
        }
        catch (NotLeadingException)
        {
            // Whoever leads now has read the same status, and tells what happens from here on.
        }
        catch (Exception unanswered) when (!cancellationToken.IsCancellationRequested)
        {
            // An event is a courtesy: it is not worth a retry, let alone the end of the loop.
            Lost(subject, unanswered.Message);
        }
    }

    private void Lost(EventSubject subject, string problem)
    {
        if (failing)
        {
            Log.LostAnother(logger, subject.Kind.Name, subject.Key, problem);
        }
        else
        {
            Log.Lost(logger, subject.Kind.Name, subject.Key, problem);
        }

        failing = true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Could not write an event about {Kind} {Key}; conditions still say everything. The operator's role should allow create of events.k8s.io events. Further failures are logged at debug level until one is written. {Problem}")]
        public static partial void Lost(ILogger logger, string kind, ResourceKey key, string problem);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Could not write an event about {Kind} {Key}: {Problem}")]
        public static partial void LostAnother(ILogger logger, string kind, ResourceKey key, string problem);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Left out event {Reason} about {Kind} {Key}: there are too many.")]
        public static partial void TooMany(ILogger logger, string kind, ResourceKey key, string reason);
    }
}
