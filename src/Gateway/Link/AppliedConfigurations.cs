using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;

namespace Portcullis.Gateway.Link;

/// <summary>
/// Saves a configuration once the gateway says that it runs it. Not on arrival: one that brings the gateway down must not be there again
/// after the restart. Whatever is saved is judged again when it is loaded, so a saved file can add no trust (P2).
/// </summary>
/// <param name="file">Null when nothing is kept.</param>
/// <param name="logger">The link's.</param>
internal sealed partial class AppliedConfigurations(SavedConfiguration? file, ILogger logger)
{
    // The gateway applies the newest it sees, so at most a few were received and not yet applied.
    private const int Remembered = 8;
    private readonly Queue<VersionedConfiguration> received = new();
    private readonly Lock gate = new();
    private ConfigurationVersion? saved;

    /// <summary>Null when nothing was saved, or when it cannot be used; the log says which.</summary>
    public VersionedConfiguration? Load()
    {
        if (file is null)
        {
            return null;
        }

        if (!file.TryLoad(out var configuration, out var problem))
        {
            if (problem is not null)
            {
                Log.SavedConfigurationRefused(logger, file.Path, problem);
            }

            return null;
        }

        saved = configuration.Version;
        Log.SavedConfigurationLoaded(logger, configuration.Version, configuration.Configuration.Revision, file.Path);
        return configuration;
    }

    public void Remember(VersionedConfiguration configuration)
    {
        lock (gate)
        {
            received.Enqueue(configuration);

            if (received.Count > Remembered)
            {
                received.Dequeue();
            }
        }
    }

    /// <summary>Saves whenever a report acknowledges something that is not saved yet; ends by cancellation, quietly.</summary>
    public async Task SaveAsync(Latest<GatewayReport> reports, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var report in reports.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                if (file is not null && Acknowledged(report) is { } configuration)
                {
                    await SaveAsync(file, configuration, stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private VersionedConfiguration? Acknowledged(GatewayReport report)
    {
        if (report.Applied is not { } applied || new ConfigurationVersion(applied.Epoch, applied.Sequence) is var version && version == saved)
        {
            return null;
        }

        lock (gate)
        {
            return received.FirstOrDefault(candidate => candidate.Version == version && candidate.Configuration.Revision == applied.Revision);
        }
    }

    private async Task SaveAsync(SavedConfiguration target, VersionedConfiguration configuration, CancellationToken stoppingToken)
    {
        try
        {
            await target.SaveAsync(configuration, stoppingToken).ConfigureAwait(false);
            saved = configuration.Version;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotSaved(logger, configuration.Version, target.Path, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Starting with the saved configuration {Version}, revision {Revision}, from {Path}.")]
        public static partial void SavedConfigurationLoaded(ILogger logger, ConfigurationVersion version, Digest revision, string path);

        [LoggerMessage(Level = LogLevel.Error, Message = "The saved configuration at {Path} is not used: {Problem}. The gateway serves when the operator has pushed one; delete the file to be rid of this line.")]
        public static partial void SavedConfigurationRefused(ILogger logger, string path, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Configuration {Version} runs but could not be saved to {Path}: {Problem} A restart without the operator would begin with an older one.")]
        public static partial void NotSaved(ILogger logger, ConfigurationVersion version, string path, string problem);
    }
}
