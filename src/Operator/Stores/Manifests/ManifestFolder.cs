using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Files;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>A folder of manifests in place of a cluster: the same YAML in, bundles and statuses out as files.</summary>
internal sealed partial class ManifestFolder(ManifestFolderOptions options, TimeProvider time, ILogger<ManifestFolder> logger) : IResourceStore
{
    private readonly ManifestFiles files = new(options.Folder, [options.BundlesFolder, options.StatusFolder, options.StateFolder], logger);
    private readonly AcceptedFiles acceptedFiles = new(options.StateFolder, logger);
    private readonly BundleFiles bundleFiles = new(options.BundlesFolder);
    private readonly StatusFiles statusFiles = new(options.StatusFolder, logger);
    private readonly ProblemFile problemFile = new(options.StatusFolder);

    private ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest>? accepted;
    private ImmutableArray<ManifestProblem> problems = [];
    private bool emitted;
    private bool unsaved;
    private volatile bool published;

    /// <summary>What is wrong with the manifests at present.</summary>
    public ImmutableArray<ManifestProblem> Problems => problems;

    /// <summary>Reads a folder once and writes nothing. For <c>operator translate</c>.</summary>
    public static async Task<(ResourceSnapshot Snapshot, ImmutableArray<ManifestProblem> Problems)> ReadAsync(
        string folder, ILogger<ManifestFolder> logger, CancellationToken cancellationToken)
    {
        var files = new ManifestFiles(folder, [], logger);
        await files.LookAsync(cancellationToken).ConfigureAwait(false);
        var (accepted, problems) = ManifestSet.Resolve(ManifestSet.Nothing, files.Readings, files.IsUnreadable);
        var snapshot = SnapshotBuilder.Build(
            accepted.Values, ResourceSnapshot.Empty.PublishedBundles, _ => new BackendRouteStatus(), _ => new TrustBundleStatus());

        return (snapshot, [.. files.FolderProblems, .. problems]);
    }

    public async IAsyncEnumerable<ResourceSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await PollAsync(cancellationToken).ConfigureAwait(false) is { } snapshot)
            {
                yield return snapshot;
            }

            await Task.Delay(options.PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task PublishBundlesAsync(BundlePublication publication, CancellationToken cancellationToken)
    {
        if (await bundleFiles.PublishAsync(publication.Bundles, cancellationToken).ConfigureAwait(false))
        {
            published = true;
        }
    }

    public async Task PublishStatusesAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken)
    {
        if (await statusFiles.PublishAsync(statuses, cancellationToken).ConfigureAwait(false))
        {
            published = true;
        }
    }

    /// <summary>Looks at the folder once. Null when there is nothing new to say.</summary>
    internal async Task<ResourceSnapshot?> PollAsync(CancellationToken cancellationToken)
    {
        var before = accepted ??= await StartAsync(cancellationToken).ConfigureAwait(false);
        var changed = await files.LookAsync(cancellationToken).ConfigureAwait(false);

        if (changed || !emitted)
        {
            (accepted, var found) = ManifestSet.Resolve(before, files.Readings, files.IsUnreadable);
            await ReportAsync([.. files.FolderProblems, .. found], cancellationToken).ConfigureAwait(false);
        }

        if (changed || unsaved || !emitted)
        {
            await SaveAsync(cancellationToken).ConfigureAwait(false);
        }

        return IsNews(before) ? Snapshot() : null;
    }

    private async Task<ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest>> StartAsync(CancellationToken cancellationToken)
    {
        await bundleFiles.LoadAsync(cancellationToken).ConfigureAwait(false);
        await statusFiles.LoadAsync(cancellationToken).ConfigureAwait(false);
        await problemFile.WriteAsync([], cancellationToken).ConfigureAwait(false);
        return await acceptedFiles.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsNews(ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> before)
    {
        // A folder that was never listed and a memory that is empty are not an empty configuration: gateways keep what they have (P5).
        if (accepted is null || (!files.WereListed && accepted.IsEmpty))
        {
            return false;
        }

        return !emitted || published || !before.Values.SequenceEqual(accepted.Values);
    }

    private ResourceSnapshot Snapshot()
    {
        // Reset before reading: what is published from here on is news for the next look.
        published = false;
        emitted = true;
        return SnapshotBuilder.Build(accepted!.Values, bundleFiles.Published, statusFiles.RouteStatus, statusFiles.BundleStatus);
    }

    private async Task ReportAsync(ImmutableArray<ManifestProblem> found, CancellationToken cancellationToken)
    {
        if (found.SequenceEqual(problems))
        {
            return;
        }

        foreach (var problem in found.Except(problems))
        {
            Log.Refused(logger, problem);
        }

        if (found.IsEmpty)
        {
            Log.AllGood(logger, options.Folder);
        }

        problems = found;

        try
        {
            await problemFile.WriteAsync(found, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            Log.ProblemsUnwritable(logger, options.StatusFolder, unwritable);
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await acceptedFiles.SaveAsync(accepted!, cancellationToken).ConfigureAwait(false);
            unsaved = false;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // Serving goes on; only a restart would not know what was accepted last. Said once, tried at every look.
            if (!unsaved)
            {
                Log.Unsaved(logger, options.StateFolder, unwritable);
            }

            unsaved = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
        public static partial void Refused(ILogger logger, ManifestProblem problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "All manifests in {Folder} are good.")]
        public static partial void AllGood(ILogger logger, string folder);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "Cannot save accepted manifests in {Folder}; after a restart broken files would have no last good version. Check space and permissions.")]
        public static partial void Unsaved(ILogger logger, string folder, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "Cannot write problems.yaml in {Folder}. Check space and permissions.")]
        public static partial void ProblemsUnwritable(ILogger logger, string folder, Exception exception);
    }
}
