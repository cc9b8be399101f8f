using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Portcullis.Hosting;
using Portcullis.Operator.Stores.Manifests;

namespace Portcullis.Operator.Hosting;

/// <summary>Runs one operator without a cluster until it is told to stop.</summary>
internal static partial class StandaloneProcess
{
    public static async Task<int> RunAsync(StandaloneOptions options)
    {
        using var loggers = LoggerFactory.Create(LogOutput.In(options.Log));
        var logger = loggers.CreateLogger(typeof(StandaloneProcess).FullName!);

        try
        {
            using var state = StateFolder.Open(options);
            var epochs = new EpochFile(Path.Combine(options.State, "status"), TimeProvider.System, loggers.CreateLogger<EpochFile>());
            var app = StandaloneHost.Build(options, await epochs.NextAsync(CancellationToken.None).ConfigureAwait(false), LogOutput.In(options.Log));

            await using (app.ConfigureAwait(false))
            {
                await app.StartAsync().ConfigureAwait(false);
                Log.Started(logger, options.Manifests, options.Listen, options.LinkFolder);
                return await ProcessEnd.WaitAsync(app, logger).ConfigureAwait(false);
            }
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            Log.NotStarted(logger, $"{taken.Message} Stop what listens there, or name another address, such as --listen 127.0.0.1:9444.");
            return ExitStatus.Failed;
        }
        catch (Exception broken) when (broken is IOException or SocketException or InvalidDataException or UnauthorizedAccessException or CryptographicException)
        {
            // Each of these names the file or address it is about, and what to do.
            Log.NotStarted(logger, broken.Message);
            return ExitStatus.Failed;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Serving the manifests in {Manifests} to gateways at https://{Address}; their authority and token are in {Link}.")]
        public static partial void Started(ILogger logger, string manifests, IPEndPoint address, string link);

        [LoggerMessage(Level = LogLevel.Error, Message = "Not started: {Problem}")]
        public static partial void NotStarted(ILogger logger, string problem);
    }
}
