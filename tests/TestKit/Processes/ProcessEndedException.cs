namespace Portcullis.TestKit.Processes;

/// <summary>A process ended while somebody waited for it to do something.</summary>
public sealed class ProcessEndedException(string name, int exitCode, IEnumerable<string> output)
    : Exception($"{name} ended with exit code {exitCode}. It printed:{Environment.NewLine}{string.Join(Environment.NewLine, output)}");
