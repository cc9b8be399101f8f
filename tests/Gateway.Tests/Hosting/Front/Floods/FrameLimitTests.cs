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
        var frames = new FrameHeaders();

        var useless = sent.Chunk(piece).Sum(bytes => frames.CountUseless(bytes));

        // The preface's own SETTINGS, two PINGs, one empty DATA that ends nothing, SETTINGS.
        Assert.Equal(5, useless);
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
    [InlineData(0x8, 0x0, 4, false)]
    [InlineData(0x9, 0x0, 0, true)]
    [InlineData(0xBE, 0x0, 10, true)]
    public void What_carries_something_of_a_request_is_free(byte type, byte flags, int length, bool counts)
    {
        var frames = new FrameHeaders();
        var preface = frames.CountUseless(Http2Frames.Preface);

        Assert.Equal(1, preface);
        Assert.Equal(counts ? 1 : 0, frames.CountUseless(Http2Frames.Of(type, flags, 1, new byte[length])));
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
}
