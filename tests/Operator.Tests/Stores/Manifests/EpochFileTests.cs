using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Operator.Stores.Manifests;

namespace Portcullis.Operator.Tests.Stores.Manifests;

public sealed class EpochFileTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("portcullis-epoch-");
    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task The_first_epoch_is_the_clock() => Assert.Equal(1_800_000_000, await Next());

    [Fact]
    public async Task The_next_epoch_is_higher_also_within_the_same_second_and_with_an_earlier_clock()
    {
        await Next();
        Assert.Equal(1_800_000_001, await Next());

        time.AdjustTime(DateTimeOffset.FromUnixTimeSeconds(1_000_000_000));

        Assert.Equal(1_800_000_002, await Next());
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("9223372036854775807")]
    public async Task An_epoch_that_cannot_be_read_starts_anew_from_the_clock(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "epoch"), text, TestContext.Current.CancellationToken);

        Assert.Equal(1_800_000_000, await Next());
        Assert.Equal(1_800_000_001, await Next());
    }

    private Task<long> Next() => new EpochFile(root.FullName, time, new FakeLogger<EpochFile>()).NextAsync(TestContext.Current.CancellationToken);
}
