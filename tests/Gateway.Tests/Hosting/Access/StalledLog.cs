using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Portcullis.Gateway.Tests.Hosting.Access;

/// <summary>Standard output that nobody reads for a while.</summary>
internal sealed class StalledLog : ILoggerProvider, ILogger
{
    private readonly ManualResetEventSlim isRead = new();
    private readonly ConcurrentQueue<string> lines = new();

    public IEnumerable<string> Lines => lines;

    public void Resume() => isRead.Set();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        isRead.Wait();
        lines.Enqueue(formatter(state, exception));
    }

    public void Dispose() => isRead.Dispose();
}
