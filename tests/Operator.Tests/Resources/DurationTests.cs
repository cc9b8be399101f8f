using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Resources;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("100ms", 100)]
    [InlineData("10s", 10_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("2160h", 7_776_000_000)]
    public void A_duration_of_Gateway_API_has_its_length(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Duration.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("1d")]
    [InlineData("10s ")]
    [InlineData("10s\n")]
    [InlineData("100000s")]
    [InlineData("1h1m1s1ms1ms")]
    [InlineData("１s")]
    public void Anything_else_is_no_duration(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void A_refused_text_is_named_with_an_example()
    {
        var refusal = Assert.Throws<FormatException>(() => Duration.Parse("10"));

        Assert.Contains("'10'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("30s", refusal.Message, StringComparison.Ordinal);
    }
}
