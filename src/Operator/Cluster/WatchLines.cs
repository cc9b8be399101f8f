using System.Buffers;
using System.IO.Pipelines;

namespace Portcullis.Operator.Cluster;

/// <summary>Takes the body of a watch apart into its events.</summary>
/// <param name="body">Stays open.</param>
/// <param name="longest">A line beyond this many bytes is malformed: it is no object that an API server would store.</param>
internal sealed class WatchLines(Stream body, int longest = WatchLines.Longest)
{
    /// <summary>An object has at most 1.5 MiB by default; as JSON it may be several times that.</summary>
    public const int Longest = 16 * 1024 * 1024;

    private readonly PipeReader reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 32 * 1024, leaveOpen: true));
    private long searched;

    /// <summary>Null at the end. Half a line at the end is dropped: whoever resumes gets it again.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<WatchEvent?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);

            if (read.Buffer.Slice(searched).PositionOf((byte)'\n') is { } end)
            {
                var line = WatchEvent.Parse(read.Buffer.Slice(0, end));
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                searched = 0;
                return line;
            }

            if (read.Buffer.Length > longest)
            {
                reader.AdvanceTo(read.Buffer.End);
                return new WatchEvent(WatchEventKind.Malformed, default);
            }

            if (read.IsCompleted)
            {
                return null;
            }

            searched = read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
