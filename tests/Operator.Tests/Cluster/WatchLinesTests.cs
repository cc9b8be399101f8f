using System.IO.Pipelines;
using System.Text;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Tests.Cluster;

public sealed class WatchLinesTests
{
    private const string Added = """{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"1"}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Events_are_found_however_their_bytes_arrive(int step)
    {
        var kinds = await ReadAsync($"{Added}\n{Added.Replace("ADDED", "DELETED", StringComparison.Ordinal)}\r\n{{\"type\":\"BOOKMARK\",\"object\":{{}}}}\n", step);

        Assert.Equal([WatchEventKind.Added, WatchEventKind.Deleted, WatchEventKind.Bookmark], kinds);
    }

    [Fact]
    public async Task Half_a_line_at_the_end_is_no_event() => Assert.Equal([WatchEventKind.Added], await ReadAsync($"{Added}\n{Added[..20]}", 5));

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"obj")]
    [InlineData("{\"type\":\"RENAMED\",\"object\":{}}")]
    [InlineData("{\"type\":\"ADDED\",\"object\":[]}")]
    [InlineData("{\"type\":1,\"object\":{}}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_line_that_is_no_event_is_told_from_one(string line) => Assert.Equal([WatchEventKind.Malformed, WatchEventKind.Added], await ReadAsync($"{line}\n{Added}\n", 1000));

    [Fact]
    public async Task A_line_that_never_ends_is_given_up()
    {
        var lines = new WatchLines(new MemoryStream(new byte[200_000]), longest: 100_000);

        Assert.Equal(WatchEventKind.Malformed, (await lines.NextAsync(Token))?.Kind);
    }

    private static async Task<List<WatchEventKind>> ReadAsync(string text, int step)
    {
        var pipe = new Pipe();
        var lines = new WatchLines(pipe.Reader.AsStream());
        var kinds = new List<WatchEventKind>();
        var writing = WriteAsync(pipe.Writer, Encoding.UTF8.GetBytes(text), step);

        while (await lines.NextAsync(Token) is { } line)
        {
            kinds.Add(line.Kind);
        }

        await writing;
        return kinds;
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] content, int step)
    {
        foreach (var piece in content.Chunk(step))
        {
            await writer.WriteAsync(piece, Token);
        }

        await writer.CompleteAsync();
    }
}
