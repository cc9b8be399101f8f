using System.CommandLine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Portcullis.Hosting;

/// <summary>Where log lines go and how they look.</summary>
public static class LogOutput
{
    public static Option<LogFormat> Option() =>
        OptionOf.One<LogFormat>("--log", "text or json", "json", "How log lines are written.", TryParse, LogFormat.Text);

    public static Action<ILoggingBuilder> In(LogFormat format) => logging =>
    {
        logging.SetMinimumLevel(LogLevel.Information);

        // What the servers underneath say of each connection is for their authors; what matters is told by ours.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);

        // A start that fails is told once, in our words. A loop that fails ends the process, and its cause is told at once: the end may take its
        // time, and would be too late when the process is killed before.
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

    private static bool TryParse(string text, out LogFormat format)
    {
        format = text == "json" ? LogFormat.Json : LogFormat.Text;
        return text is "json" or "text";
    }

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
