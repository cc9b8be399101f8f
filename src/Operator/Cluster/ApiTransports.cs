using System.Security.Cryptography;

namespace Portcullis.Operator.Cluster;

/// <summary>The transport of the present. The CA file is looked at again at most once a minute; another content means another transport.</summary>
internal sealed partial class ApiTransports : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly ApiServerAddress server;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private ApiTransport current;
    private long looked;
    private bool doubted;
    private string? problem;

    /// <exception cref="InvalidDataException">Nothing vouches for the API server.</exception>
    public ApiTransports(ApiServerAddress server, TimeProvider time, ILogger logger)
    {
        (this.server, this.time, this.logger) = (server, time, logger);
        current = new ApiTransport(server, server.CaPem ?? File.ReadAllText(FileOf(server)));
        looked = time.GetTimestamp();
    }

    /// <summary>The caller leaves it when it is done.</summary>
    public ApiTransport Enter()
    {
        lock (gate)
        {
            if (server.CaPem is null && (doubted || time.GetElapsedTime(looked) >= Freshness))
            {
                Look(FileOf(server));
            }

            return current.TryEnter() ? current : throw new ObjectDisposedException(nameof(ApiConnection));
        }
    }

    /// <summary>A handshake failed, so perhaps the CA is not what it was.</summary>
    public void Doubt()
    {
        lock (gate)
        {
            doubted = true;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            current.Dispose();
        }
    }

    private void Look(string file)
    {
        (looked, doubted) = (time.GetTimestamp(), false);

        try
        {
            Replace(File.ReadAllText(file), file);
            problem = null;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            // What was good a minute ago is better than nothing, and a write that is half done is whole at the next look.
            if (unusable.Message != problem)
            {
                Log.Unusable(logger, file, unusable.Message);
            }

            problem = unusable.Message;
        }
    }

    private void Replace(string authorities, string file)
    {
        if (authorities == current.Authorities)
        {
            return;
        }

        var replaced = current;
        current = new ApiTransport(server, authorities);
        replaced.Leave();
        Log.Replaced(logger, file);
    }

    private static string FileOf(ApiServerAddress server) =>
        server.CaFile ?? throw new InvalidDataException("Neither a CA nor a CA file is given for the API server.");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{File} has changed; new connections to the API server are verified against what it holds now.")]
        public static partial void Replaced(ILogger logger, string file);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{File} cannot be used, so the API server is verified against what it held before: {Problem}")]
        public static partial void Unusable(ILogger logger, string file, string problem);
    }
}
