using System.Security.Cryptography;
using Portcullis.Contract;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Sessions;

namespace Portcullis.Gateway.Tests.Proxy.Sessions;

public sealed class SealedSessionTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SessionKey Key = new(RandomNumberGenerator.GetBytes(SessionKey.Length));

    private static readonly Session Stay = new(EndpointId.Of(new EndpointAddress("http", "10.1.2.3", 8443)), new DateTimeOffset(2030, 1, 1, 0, 0, 0, 7, TimeSpan.Zero));

    [Fact]
    public void What_was_sealed_is_opened()
    {
        Assert.True(SealedSession.TryOpen(SealedSession.Seal(Stay, Key), Key, out var opened));
        Assert.Equal(Stay, opened);
    }

    [Fact]
    public void Another_spelling_of_any_character_is_no_session()
    {
        var text = SealedSession.Seal(Stay, Key);

        for (var at = 0; at < text.Length; at++)
        {
            foreach (var other in Alphabet.Where(character => character != text[at]).Take(7).Append('=').Append(' ').Append('é'))
            {
                var forged = $"{text[..at]}{other}{text[(at + 1)..]}";

                Assert.False(SealedSession.TryOpen(forged, Key, out _), $"{at}: {other}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("10.1.2.3:8443")]
    public void What_is_none_is_no_session(string text) => Assert.False(SealedSession.TryOpen(text, Key, out _));

    [Fact]
    public void One_that_is_cut_short_or_made_longer_is_no_session()
    {
        var text = SealedSession.Seal(Stay, Key);

        Assert.All(Enumerable.Range(0, text.Length), length => Assert.False(SealedSession.TryOpen(text.AsSpan(0, length), Key, out _)));
        Assert.False(SealedSession.TryOpen($"{text}A", Key, out _));
        Assert.False(SealedSession.TryOpen($"{text} ", Key, out _));
    }

    [Fact]
    public void Neither_another_key_nor_that_of_another_backend_opens_it()
    {
        var text = SealedSession.Seal(Stay, Key.For("backend shop/web/orders"));

        Assert.True(SealedSession.TryOpen(text, Key.For("backend shop/web/orders"), out _));
        Assert.False(SealedSession.TryOpen(text, Key.For("backend shop/web/other"), out _));
        Assert.False(SealedSession.TryOpen(text, Key, out _));
        Assert.False(SealedSession.TryOpen(text, new SessionKey(RandomNumberGenerator.GetBytes(SessionKey.Length)), out _));
    }

    [Fact]
    public void Two_sessions_at_one_endpoint_have_nothing_in_common_and_the_length_says_nothing()
    {
        var elsewhere = Stay with { Endpoint = EndpointId.Of(new EndpointAddress("http", "a-very-long-name.of.a.backend.example", 8443)) };
        var texts = Enumerable.Range(0, 200).Select(number => SealedSession.Seal(number % 2 == 0 ? Stay : elsewhere, Key)).ToArray();

        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.All(texts, text => Assert.Equal(SealedSession.TextLength, text.Length));
        Assert.Equal(texts.Length, texts.Select(text => text[22..54]).Distinct().Count());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(3599, false)]
    [InlineData(3600, true)]
    [InlineData(-59, false)]
    [InlineData(-61, true)]
    public void It_is_over_at_its_timeout_and_never_lasts_longer_for_a_clock_that_runs_ahead(int seconds, bool over)
    {
        Assert.Equal(over, Stay.IsOver(TimeSpan.FromHours(1), Stay.Since.AddSeconds(seconds)));
        Assert.False(Stay.IsOver(null, Stay.Since.AddSeconds(seconds)));
    }
}
