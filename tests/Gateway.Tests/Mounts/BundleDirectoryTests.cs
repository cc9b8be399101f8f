using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Gateway.Mounts;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Mounts;

public sealed class BundleDirectoryTests : IAsyncLifetime
{
    private static readonly ResourceKey Bundle = new("shop", "corp");
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly MountFolder folder = new();
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestAuthority other = TestAuthority.CreateRoot("other");
    private readonly FakeTimeProvider time = new();
    private readonly FakeLogger<BundleDirectory> logger = new();
    private readonly BundleDirectory directory;

    public BundleDirectoryTests() => directory = new BundleDirectory([folder.Path], Interval, time, logger);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await directory.StopAsync(CancellationToken.None);
        directory.Dispose();
        folder.Dispose();
        root.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task What_is_mounted_is_known_as_soon_as_it_has_started()
    {
        folder.Write("shop.corp.pem", root.Pem);

        await directory.StartAsync(Cancellation);

        Assert.NotNull(directory.Mounted.Value);
        Assert.Contains(Bundle, directory.Mounted.Value.Held.Keys);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task Each_change_is_handed_on_and_told_once()
    {
        folder.Write("shop.corp.pem", root.Pem);
        await directory.StartAsync(Cancellation);

        folder.Write("shop.corp.pem", root.Pem[..100]);
        var broken = await NextAsync(mounted => mounted.Held[Bundle].Problem is not null);
        folder.Write("shop.new.pem", "garbage");
        await NextAsync(mounted => mounted.Problems.Count == 1);
        folder.Write("shop.corp.pem", root.Pem);
        await NextAsync(mounted => mounted.Held[Bundle].Problem is null);
        folder.Write("shop.corp.pem", other.Pem);
        await NextAsync(mounted => mounted.Held[Bundle].Digest != broken.Held[Bundle].Digest);

        var lines = logger.Collector.GetSnapshot();
        Assert.Equal(
            [LogLevel.Information, LogLevel.Warning, LogLevel.Warning, LogLevel.Information, LogLevel.Information],
            lines.Select(line => line.Level));
        Assert.Contains("last good content", lines[1].Message, StringComparison.Ordinal);
        Assert.Contains("shop/new", lines[2].Message, StringComparison.Ordinal);
        Assert.Contains("as it was before", lines[3].Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_private_key_in_a_bundle_reaches_no_log_line()
    {
        var key = root.Key.ExportPem();
        folder.Write("shop.corp.pem", root.Pem + "\n" + key);

        await directory.StartAsync(Cancellation);

        var warning = Assert.Single(logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.DoesNotContain(key.Split('\n')[1], warning.Message, StringComparison.Ordinal);
    }

    private async Task<MountedBundles> NextAsync(Func<MountedBundles, bool> awaited)
    {
        time.Advance(Interval);

        return await directory.Mounted.ReadAllAsync(Cancellation).FirstAsync(mounted => awaited(mounted), Cancellation);
    }
}
