using System.Net.Sockets;
using Portcullis.Hosting;

namespace Portcullis.Gateway.Hosting;

/// <summary>Runs one gateway until it is told to stop.</summary>
internal static partial class GatewayProcess
{
    public static async Task<int> RunAsync(GatewayOptions options)
    {
        var gateway = GatewayHost.Build(options, LogOutput.In(options.Log));

        await using (gateway.ConfigureAwait(false))
        {
            var logger = gateway.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(GatewayProcess).FullName!);

            return await StartAsync(gateway, logger).ConfigureAwait(false) ? await ProcessEnd.WaitAsync(gateway, logger).ConfigureAwait(false) : ExitStatus.Failed;
        }
    }

    private static async Task<bool> StartAsync(WebApplication gateway, ILogger logger)
    {
        try
        {
            await gateway.StartAsync().ConfigureAwait(false);
            var addresses = string.Join(", ", gateway.Urls);
            Log.Started(logger, addresses);
            return true;
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            // An address that is in use is named in the message.
            Log.NotStarted(logger, taken.Message.TrimEnd('.'));
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Serving clients at {Addresses}.")]
        public static partial void Started(ILogger logger, string addresses);

        [LoggerMessage(Level = LogLevel.Error, Message = "Not started: {Problem}. Name another address with --https or --health, such as --https 127.0.0.1:8443.")]
        public static partial void NotStarted(ILogger logger, string problem);
    }
}
