using Microsoft.Extensions.Logging;
using Portcullis.TestKit.Events;

namespace Portcullis.TestKit.Logs;

/// <summary>
/// Keeps what the code under test logs. Disposing it fails the test on any error (or worse) that was not announced: an error says that
/// someone must act, so a test that is content with one says so.
/// </summary>
public sealed class TestLog : IDisposable
{
    private readonly List<string> announced = [];

    public TestLog()
    {
        Factory = LoggerFactory.Create(logging => Configure(logging));
    }

    public Journal<LogLine> Lines { get; } = new();

    public ILoggerFactory Factory { get; }

    public ILogger<T> For<T>() => Factory.CreateLogger<T>();

    /// <summary>For hosts that build their own logging.</summary>
    public void Configure(ILoggingBuilder logging) =>
        logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(new Provider(Lines));

    /// <summary>Errors whose message contains this are expected.</summary>
    public void Announce(string fragment) => announced.Add(fragment);

    public void Dispose()
    {
        Factory.Dispose();
        var unannounced = Lines.Entries.Where(line => line.Level >= LogLevel.Error && !IsAnnounced(line)).ToArray();
        if (unannounced.Length > 0)
        {
            throw new UnannouncedErrorException(unannounced);
        }
    }

    private bool IsAnnounced(LogLine line) => announced.Any(fragment => line.Message.Contains(fragment, StringComparison.Ordinal));

    private sealed class Provider(Journal<LogLine> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

        public void Dispose()
        {
            // A provider that outlives the host of a test has nothing to release.
        }
    }

    private sealed class Logger(string category, Journal<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(new LogLine(category, logLevel, eventId, formatter(state, exception), exception));
    }
}
