using Portcullis.Gateway.Proxy.Forwarding.WebSockets;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding.WebSockets;

public sealed class FrameBoundaryTests
{
    public static TheoryData<int, int> LengthsAndPieces => new MatrixTheoryData<int, int>([0, 1, 125, 126, 65_535, 65_536, 200_000], [1, 3, 1000, 1_000_000]);

    [Theory]
    [MemberData(nameof(LengthsAndPieces))]
    public void A_frame_ends_where_its_length_says(int length, int piece)
    {
        var boundary = new FrameBoundary();
        byte[] frame = [.. Header(0x82, length), .. new byte[length]];
        var at = 0;

        foreach (var bytes in frame.Chunk(piece))
        {
            boundary.PassAll(bytes);
            at += bytes.Length;
            Assert.Equal(at == frame.Length, boundary.IsHere);
        }

        Assert.False(boundary.IsClosed);
    }

    [Fact]
    public void Only_the_first_of_two_frames_is_taken_at_a_time()
    {
        var boundary = new FrameBoundary();
        byte[] two = [0x81, 0x02, (byte)'h', (byte)'i', 0x81, 0x01, (byte)'!'];

        Assert.Equal(4, boundary.PassOne(two));
        Assert.True(boundary.IsHere);
        Assert.Equal(3, boundary.PassOne(two.AsSpan(4)));
    }

    [Fact]
    public void A_masked_frame_has_its_mask_before_its_payload()
    {
        var boundary = new FrameBoundary();

        boundary.PassAll([0x81, 0x81, 1, 2, 3, 4]);
        Assert.False(boundary.IsHere);
        boundary.PassAll([5]);
        Assert.True(boundary.IsHere);
    }

    [Fact]
    public void A_goodbye_of_the_backend_is_noticed()
    {
        var boundary = new FrameBoundary();

        boundary.PassAll([0x88, 0x02, 0x03, 0xE8]);

        Assert.True(boundary.IsClosed);
    }

    private static byte[] Header(byte first, int length) => length switch
    {
        < 126 => [first, (byte)length],
        <= ushort.MaxValue => [first, 126, (byte)(length >> 8), (byte)length],
        _ => [first, 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };
}
