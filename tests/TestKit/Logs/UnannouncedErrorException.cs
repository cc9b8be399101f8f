namespace Portcullis.TestKit.Logs;

/// <summary>The code under test logged an error that its test did not announce.</summary>
public sealed class UnannouncedErrorException(IEnumerable<LogLine> lines)
    : Exception($"An error was logged that the test did not announce:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
