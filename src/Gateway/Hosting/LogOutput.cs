using Microsoft.Extensions.Logging.Console;

namespace Portcullis.Gateway.Hosting;

/// <summary>Where log lines go and how they look.</summary>
internal static class LogOutput
{
    public static Action<ILoggingBuilder> In(LogFormat format) => logging =>
    {
        logging.SetMinimumLevel(LogLevel.Information);

        // What the servers underneath say of each connection is for their authors; what matters is told by ours.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);

        // A failed start and a failed loop are told by GatewayProcess, in a line instead of a page.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);

        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(ToJson);
        }
        else
        {
            logging.AddSimpleConsole(ToText);
        }
    };

    private static void ToText(SimpleConsoleFormatterOptions text)
    {
        text.SingleLine = true;
        text.UseUtcTimestamp = true;
        text.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
    }

    private static void ToJson(JsonConsoleFormatterOptions json)
    {
        json.UseUtcTimestamp = true;
        json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    }
}
