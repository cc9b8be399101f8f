using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting;
using Portcullis.TestKit.Logs;

namespace Portcullis.Gateway.Tests.Hosting;

public sealed class MemoryReturnTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(5_000, 500, 2, 1)]
    [InlineData(5_000, 500, 13, 1)]
    [InlineData(5_000, 500, 14, 2)]
    [InlineData(5_000, 501, 100, 0)]
    [InlineData(999, 0, 100, 0)]
    public async Task Memory_is_given_back_when_a_crowd_has_gone_and_once_more_two_minutes_later(int crowd, int left, int looks, int given)
    {
        using var log = new TestLog();
        var time = new FakeTimeProvider();
        var asked = 0;
        var looked = new SemaphoreSlim(0);
        using var loop = new MemoryReturn(Count, time, log.For<MemoryReturn>());
        await loop.StartAsync(TestContext.Current.CancellationToken);

        for (var look = 0; look < looks; look++)
        {
            // Its timer is there a moment after the start.
            while (!await looked.WaitAsync(0, TestContext.Current.CancellationToken))
            {
                time.Advance(Look);
                await Task.Yield();
            }
        }

        await loop.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(given, log.Lines.Entries.Count(line => line.Message.StartsWith($"Of {crowd} connections {left} are left; memory was given back", StringComparison.Ordinal)));

        int Count()
        {
            looked.Release();
            return asked++ == 0 ? crowd : left;
        }
    }
}
