using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Handover;

namespace Portcullis.Gateway.Mounts;

/// <summary>The mounted directories, looked at again and again; what is held is handed on whenever it changed, problems included.</summary>
internal sealed partial class BundleDirectory(ImmutableArray<string> directories, TimeSpan interval, TimeProvider time, ILogger<BundleDirectory> logger)
    : BackgroundService
{
    // Runs from the beginning: a tick that falls before the loop is not lost.
    private readonly PeriodicTimer timer = new(interval, time);

    /// <summary>Has a value as soon as this service has started.</summary>
    public Latest<MountedBundles> Mounted { get; } = new();

    /// <summary>The first look is part of starting: a saved configuration must find its bundles.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Mounted.Offer(Look(MountedBundles.Empty));

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var held = Mounted.Value ?? MountedBundles.Empty;

        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            var next = Look(held);

            if (!ReferenceEquals(next, held))
            {
                held = next;
                Mounted.Offer(held);
            }
        }
    }

    public override void Dispose()
    {
        timer.Dispose();
        base.Dispose();
    }

    private MountedBundles Look(MountedBundles before)
    {
        var after = before.After(MountReader.Read(directories));

        if (!ReferenceEquals(after, before))
        {
            LogDifferences(before, after);
        }

        return after;
    }

    private void LogDifferences(MountedBundles before, MountedBundles after)
    {
        foreach (var (key, bundle) in after.Held)
        {
            LogDifference(before.Held.GetValueOrDefault(key), bundle);
        }

        foreach (var (bundle, problem) in after.Problems.Except(before.Problems))
        {
            Log.Unusable(logger, bundle, problem);
        }

        foreach (var (path, problem) in after.PathProblems.Except(before.PathProblems))
        {
            Log.PathIgnored(logger, path, problem);
        }
    }

    private void LogDifference(MountedBundle? before, MountedBundle after)
    {
        if (before?.Digest != after.Digest)
        {
            Log.Held(logger, after.Key, after.Certificates.Length, after.Digest);
        }
        else if (after.Problem is null && before.Problem is not null)
        {
            Log.Healed(logger, after.Key, after.Digest);
        }

        if (after.Problem is { } problem && problem != before?.Problem)
        {
            Log.Kept(logger, after.Key, problem, after.Digest);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Bundle {Bundle} is mounted with {Certificates} certificates, {Digest}.")]
        public static partial void Held(ILogger logger, ResourceKey bundle, int certificates, Digest digest);

        [LoggerMessage(Level = LogLevel.Information, Message = "Bundle {Bundle} is mounted as it was before, {Digest}.")]
        public static partial void Healed(ILogger logger, ResourceKey bundle, Digest digest);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Bundle {Bundle}: {Problem}. Its last good content {Digest} stays in use, as far as the operator still lists its certificates.")]
        public static partial void Kept(ILogger logger, ResourceKey bundle, string problem, Digest digest);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Bundle {Bundle}: {Problem}. It never was usable here; routes that need it answer 503 until it is.")]
        public static partial void Unusable(ILogger logger, ResourceKey bundle, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} gives no bundles: {Problem}")]
        public static partial void PathIgnored(ILogger logger, string path, string problem);
    }
}
