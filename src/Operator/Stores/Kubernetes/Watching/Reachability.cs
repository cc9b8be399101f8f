namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Says once that the API server does not answer, and once that it does again, however many watches notice.</summary>
internal sealed partial class Reachability(Uri address, ILogger logger)
{
    /// <summary>One failure is what every watch sees now and then: a restart, a balancer that has had enough.</summary>
    private const int Tolerated = 1;

    private readonly Lock gate = new();
    private readonly HashSet<WatchTarget> broken = [];

    public void Broke(WatchTarget target, string problem, int failures)
    {
        lock (gate)
        {
            if (failures > Tolerated && broken.Add(target) && broken.Count == 1)
            {
                Log.Lost(logger, address, problem);
            }
        }
    }

    public void Reached(WatchTarget target)
    {
        lock (gate)
        {
            if (broken.Remove(target) && broken.Count == 0)
            {
                Log.Back(logger, address);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Reading from the API server at {Address} fails: {Problem} What was read before goes on serving; trying again.")]
        public static partial void Lost(ILogger logger, Uri address, string problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "The API server at {Address} answers every watch again.")]
        public static partial void Back(ILogger logger, Uri address);
    }
}
