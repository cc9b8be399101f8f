using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;

namespace Portcullis.Gateway.Tests.Hosting.Front.Floods;

/// <summary>Which frames count, however the bytes are cut, and how many may come.</summary>
public sealed class FrameLimitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(100_000)]
    public void Frames_are_found_whatever_pieces_they_come_in(int piece)
    {
        byte[] sent =
        [
            .. Http2Frames.Preface, .. Http2Frames.Ping(), .. Http2Frames.Headers(1, Http2Frames.EndHeaders, Http2Frames.Get("/")), .. Http2Frames.Ping(),
            .. Http2Frames.Of(0x0, 0, 1, new byte[5000]), .. Http2Frames.Of(0x0, Http2Frames.EndStream, 1, []), .. Http2Frames.Of(0x0, 0, 1, []), .. Http2Frames.Settings(),
        ];
        var frames = new FrameHeaders(FrameHeaders.ClientPreface);

        var found = sent.Chunk(piece).SelectMany(bytes => Read(frames, bytes)).ToArray();

        Assert.Equal([(0x4, 0), (0x6, 8), (0x1, Http2Frames.Get("/").Length), (0x6, 8), (0x0, 5000), (0x0, 0), (0x0, 0), (0x4, 0)], found);
    }

    [Theory]
    [InlineData(0x0, 0x0, 1, false)]
    [InlineData(0x0, 0x0, 0, true)]
    [InlineData(0x0, 0x1, 0, false)]
    [InlineData(0x1, 0x4, 0, false)]
    [InlineData(0x2, 0x0, 5, true)]
    [InlineData(0x3, 0x0, 4, false)]
    [InlineData(0x4, 0x0, 0, true)]
    [InlineData(0x4, 0x1, 0, true)]
    [InlineData(0x6, 0x0, 8, true)]
    [InlineData(0x6, 0x1, 8, false)]
    [InlineData(0x8, 0x0, 4, true)]
    [InlineData(0x9, 0x0, 0, true)]
    [InlineData(0xBE, 0x0, 10, true)]
    public void What_carries_something_of_a_request_is_free(byte type, byte flags, int length, bool counts)
    {
        var account = new FrameAccount(new FrameBudget(2, new FakeTimeProvider()));

        Assert.True(account.Take(Frame(type, flags, length)));
        Assert.True(account.Take(Frame(type, flags, length)));
        Assert.Equal(!counts, account.Take(Frame(type, flags, length)));
        Assert.Equal(counts, account.IsOverdrawn);
    }

    [Fact]
    public void What_is_overdrawn_once_stays_so()
    {
        var time = new FakeTimeProvider();
        var account = new FrameAccount(new FrameBudget(1, time));
        account.Take(Frame(0x6, 0, 8));
        account.Take(Frame(0x6, 0, 8));

        time.Advance(TimeSpan.FromHours(1));

        Assert.False(account.Take(Frame(0x1, 0, 8)));
    }

    [Fact]
    public void A_window_may_be_opened_once_for_each_128_bytes_that_were_sent_and_then_at_a_cost()
    {
        var account = new FrameAccount(new FrameBudget(3, new FakeTimeProvider()));
        Assert.True(account.Take(Frame(0x8, 0, 4)));

        account.Sent(127);
        Assert.True(account.Take(Frame(0x8, 0, 4)));
        account.Sent(129);
        Assert.True(account.Take(Frame(0x8, 0, 4)));
        Assert.True(account.Take(Frame(0x8, 0, 4)));
        Assert.True(account.Take(Frame(0x8, 0, 4)));
        Assert.False(account.Take(Frame(0x8, 0, 4)));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(100_000, true)]
    [InlineData(1, false)]
    [InlineData(100_000, false)]
    public async Task The_servers_own_farewell_gets_its_reason_and_nothing_else_is_touched(int piece, bool isOverdrawn)
    {
        byte[] before = [.. Http2Frames.Settings(), .. Http2Frames.Of(0x0, 0, 1, new byte[300])];
        byte[] after = [.. Http2Frames.Of(0x0, Http2Frames.EndStream, 1, [7, 0, 0, 0, 7])];
        byte[] written = [.. before, .. Http2Frames.Of(0x7, 0, 0, [0, 0, 0, 5, 0, 0, 0, 2, 9, 9]), .. after];
        var account = new FrameAccount(new FrameBudget(0, new FakeTimeProvider()));
        Assert.False(isOverdrawn && account.Take(Frame(0x6, 0, 8)));
        var pipe = new Pipe();
        var writer = new FarewellWriter(pipe.Writer, account);

        foreach (var bytes in written.Chunk(piece))
        {
            await writer.WriteAsync(bytes, TestContext.Current.CancellationToken);
        }

        await writer.CompleteAsync();
        var passed = await pipe.Reader.ReadAtLeastAsync(written.Length, TestContext.Current.CancellationToken);
        Assert.Equal([.. before, .. Http2Frames.Of(0x7, 0, 0, [0, 0, 0, 5, 0, 0, 0, (byte)(isOverdrawn ? 0xB : 2), 9, 9]), .. after], passed.Buffer.ToArray());
    }

    [Fact]
    public void A_second_gives_back_what_a_second_allows_and_no_more_is_saved_up()
    {
        var time = new FakeTimeProvider();
        var budget = new FrameBudget(10, time);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(budget.TrySpend()));
        Assert.False(budget.TrySpend());
        time.Advance(TimeSpan.FromHours(1));
        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(budget.TrySpend()));
        Assert.False(budget.TrySpend());
    }

    private static FrameHeaders Frame(byte type, byte flags, int length)
    {
        var frame = new FrameHeaders(preface: 0);
        Assert.Single(Read(frame, Http2Frames.Of(type, flags, 1, new byte[length])));
        return frame;
    }

    private static List<(int Type, int Length)> Read(FrameHeaders frames, ReadOnlySpan<byte> bytes)
    {
        var found = new List<(int Type, int Length)>();
        while (frames.ReadNext(ref bytes))
        {
            found.Add((frames.Type, frames.Length));
        }

        return found;
    }
}
