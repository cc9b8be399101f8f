using System.Net;
using System.Net.Sockets;
using Portcullis.Hosting;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Hosting;

/// <summary>Runs one operator in a cluster until it is told to stop.</summary>
internal static partial class ClusterProcess
{
    public static async Task<int> RunAsync(ClusterStart start)
    {
        using var loggers = LoggerFactory.Create(LogOutput.In(start.Log));
        var logger = loggers.CreateLogger(typeof(ClusterProcess).FullName!);

        try
        {
            var server = start.Kubeconfig is { } file ? Kubeconfig.Read(file) : InClusterAddress.Of(Environment.GetEnvironmentVariable);
            using var api = new ApiConnection(server, TimeProvider.System, loggers.CreateLogger<ApiConnection>());
            var options = start.Options.Forbidding(server.Address);
            var election = options.ElectionOf(start.PodName);
            var app = ClusterHost.Build(options, election, api, provider => ClusterSources.Of(options, start.PodName, api, provider), EndProcess, LogOutput.In(start.Log));

            await using (app.ConfigureAwait(false))
            {
                await app.StartAsync().ConfigureAwait(false);
                Log.Started(logger, election.Identity, server.Address, options.Listen);
                return await ProcessEnd.WaitAsync(app, logger).ConfigureAwait(false);
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException or InvalidDataException or UnauthorizedAccessException)
        {
            // Each of these names the file or address it is about, and what to do.
            Log.NotStarted(logger, broken.Message);
            return ExitStatus.Failed;
        }
    }

    /// <summary>Not in good order: good order is what did not work.</summary>
    private static void EndProcess(string problem)
    {
        Console.Error.WriteLine($"The operator ends: {problem}.");
        Environment.Exit(ExitStatus.Failed);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Identity} serves the cluster at {ApiServer} to gateways that call at {Address}.")]
        public static partial void Started(ILogger logger, string identity, Uri apiServer, IPEndPoint address);

        [LoggerMessage(Level = LogLevel.Error, Message = "Not started: {Problem}")]
        public static partial void NotStarted(ILogger logger, string problem);
    }
}
