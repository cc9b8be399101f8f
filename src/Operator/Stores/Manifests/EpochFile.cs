using System.Globalization;
using System.Text;
using Portcullis.Operator.Stores.Manifests.Files;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>
/// The epoch of an operator without a cluster: higher at every start, also when the clock was set back, so that gateways take the new operator's
/// word over the old one's.
/// </summary>
internal sealed partial class EpochFile(string statusFolder, TimeProvider time, ILogger<EpochFile> logger)
{
    private readonly string path = Path.Combine(statusFolder, "epoch");

    /// <summary>The epoch of this start; each call is a start.</summary>
    /// <exception cref="IOException">It cannot be saved: the next start might repeat it, and gateways would refuse what it says.</exception>
    public async Task<long> NextAsync(CancellationToken cancellationToken)
    {
        AtomicFile.CreateFolder(statusFolder);
        var epoch = Math.Max(await SavedAsync(cancellationToken).ConfigureAwait(false) + 1, time.GetUtcNow().ToUnixTimeSeconds());
        await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes($"{epoch}\n"), AtomicFile.ForEveryone, cancellationToken).ConfigureAwait(false);

        return epoch;
    }

    /// <summary>0 when there is none.</summary>
    private async Task<long> SavedAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);

        if (long.TryParse(text.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var saved) && saved < long.MaxValue)
        {
            return saved;
        }

        // The clock alone is right unless it was set back.
        Log.Unreadable(logger, path);
        return 0;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The epoch in {Path} cannot be read; starting anew from the clock.")]
        public static partial void Unreadable(ILogger logger, string path);
    }
}
