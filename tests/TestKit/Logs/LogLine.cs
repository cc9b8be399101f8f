using Microsoft.Extensions.Logging;

namespace Portcullis.TestKit.Logs;

/// <summary>One line that a program under test logged.</summary>
public sealed record LogLine(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception)
{
    public override string ToString() => $"{Level} {Category}: {Message}{(Exception is null ? "" : Environment.NewLine + Exception)}";
}
