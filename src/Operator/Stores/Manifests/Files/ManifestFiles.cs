using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Stores.Manifests.Decoding;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>
/// What the manifest files say, kept up to date by looking. No file watcher: those lose events, and say nothing on network file systems and
/// mounted ConfigMaps.
/// </summary>
internal sealed partial class ManifestFiles(string folder, ImmutableArray<string> passedOver, ILogger logger)
{
    // A file that never stands still is read all the same after so many looks.
    private const int MostLooks = 5;

    private readonly Dictionary<string, Seen> seen = new(StringComparer.Ordinal);
    private FolderListing newest = FolderListing.Empty;
    private bool lookedBefore;

    /// <summary>In path order.</summary>
    public ImmutableSortedDictionary<string, FileReading> Readings { get; private set; } =
        ImmutableSortedDictionary.Create<string, FileReading>(StringComparer.Ordinal);

    /// <summary>What is wrong with folders, not with files.</summary>
    public ImmutableArray<ManifestProblem> FolderProblems { get; private set; } = [];

    /// <summary>False until the folder itself could be listed once.</summary>
    public bool WereListed { get; private set; }

    /// <summary>True when the file is in a folder that could not be listed at the last look.</summary>
    public bool IsUnreadable(string file) => newest.IsUnreadable(file);

    /// <summary>Looks once. True when something changed.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var (readings, problems) = (Readings, FolderProblems);
        var listing = FolderScanner.Scan(folder, passedOver);

        FolderProblems = [.. listing.Unreadable.Select(place => new ManifestProblem { File = place.Key.Length == 0 ? folder : place.Key, Message = place.Value })];
        WereListed |= !listing.RootIsUnreadable;
        newest = listing;

        foreach (var (file, stamp) in listing.Files)
        {
            await LookAtAsync(file, stamp, cancellationToken).ConfigureAwait(false);
        }

        foreach (var file in seen.Keys.Where(file => !listing.Files.ContainsKey(file) && !listing.IsUnreadable(file)).ToList())
        {
            LookAtMissing(file);
        }

        // At start nothing is held back: there is no earlier reading that would be better than this one.
        lookedBefore |= WereListed;
        return !ReferenceEquals(readings, Readings) || !problems.SequenceEqual(FolderProblems);
    }

    private async Task LookAtAsync(string file, FileStamp? stamp, CancellationToken cancellationToken)
    {
        var known = seen.GetValueOrDefault(file);

        if (known is { Missing: false } && known.ReadAt == stamp)
        {
            seen[file] = known with { Pending = null, Looks = 0 };
            return;
        }

        // An editor may be in the middle of it: a change counts when it stands still for one look.
        if (lookedBefore && (known is null || known.Pending is null || known.Pending.Value.Stamp != stamp) && (known?.Looks ?? 0) < MostLooks)
        {
            seen[file] = (known ?? Seen.Never) with { Pending = new PendingStamp(stamp), Looks = (known?.Looks ?? 0) + 1, Missing = false };
            return;
        }

        await ReadAsync(file, stamp, known, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadAsync(string file, FileStamp? stamp, Seen? known, CancellationToken cancellationToken)
    {
        var (reading, digest) = await ReadContentAsync(file, stamp, known, cancellationToken).ConfigureAwait(false);

        // Written to while we read: what we hold may be half of it. The next look comes soon.
        if (lookedBefore && stamp is { } before && FileStamp.Of(before.FullPath) is { } after && after != before)
        {
            seen[file] = (known ?? Seen.Never) with { Pending = new PendingStamp(stamp), Looks = 0, Missing = false };
            return;
        }

        // What could not be read may be readable at the next look without any change of its stamp.
        seen[file] = digest is null && stamp is { Length: > 0 and <= FileContent.MostBytes }
            ? Seen.Never
            : new Seen(ReadAt: stamp, digest, Pending: null, Looks: 0, Missing: false);

        if (reading is not null && !reading.Equals(Readings.GetValueOrDefault(file)))
        {
            Readings = Readings.SetItem(file, reading);
            LogIgnored(file, reading);
        }
    }

    /// <summary>The reading is null when the content is what it was.</summary>
    private static async Task<(FileReading? Reading, Digest? Digest)> ReadContentAsync(
        string file, FileStamp? stamp, Seen? known, CancellationToken cancellationToken)
    {
        if (stamp is not { } there)
        {
            return (Broken("cannot be reached: a link leads nowhere, or a permission is missing."), null);
        }

        // Pipes and devices have no length; opening one could wait for ever.
        if (there.Length == 0)
        {
            return (FileContent.Empty(), null);
        }

        if (there.Length > FileContent.MostBytes)
        {
            return (FileContent.TooLarge(there.Length), null);
        }

        try
        {
            var content = await FileContent.ReadAsync(there.FullPath, cancellationToken).ConfigureAwait(false);
            var digest = Digest.Of(content);

            return digest == known?.Digest ? (null, digest) : (FileContent.Parse(file, content), digest);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (Broken("cannot be read: check its permissions."), null);
        }
    }

    private static FileReading.Broken Broken(string why) => new(Line: null, $"{why} What was read from it before still holds.");

    private void LookAtMissing(string file)
    {
        // Some editors save by removing the file and creating it anew.
        if (!seen[file].Missing)
        {
            seen[file] = seen[file] with { Missing = true };
            return;
        }

        seen.Remove(file);
        Readings = Readings.Remove(file);
    }

    private void LogIgnored(string file, FileReading reading)
    {
        foreach (var ignored in reading is FileReading.Read read ? read.Documents.OfType<DocumentReading.Ignored>() : [])
        {
            Log.Ignored(logger, file, ignored.Line, ignored.Kind, ignored.ApiVersion);
        }
    }

    /// <summary>What we know of one file from earlier looks.</summary>
    private sealed record Seen(FileStamp? ReadAt, Digest? Digest, PendingStamp? Pending, int Looks, bool Missing)
    {
        public static Seen Never { get; } = new(ReadAt: default(FileStamp), Digest: null, Pending: null, Looks: 0, Missing: false);
    }

    /// <summary>A stamp that differs from the one that was read, null where the file cannot be reached.</summary>
    private readonly record struct PendingStamp(FileStamp? Stamp);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Ignored {File}:{Line}: {Kind} of {ApiVersion} is no kind that Portcullis uses.")]
        public static partial void Ignored(ILogger logger, string file, int line, string kind, string apiVersion);
    }
}
