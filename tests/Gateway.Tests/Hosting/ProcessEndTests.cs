using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portcullis.Hosting;
using Portcullis.TestKit.Logs;

namespace Portcullis.Gateway.Tests.Hosting;

public sealed class ProcessEndTests : IDisposable
{
    private readonly TestLog log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_loop_that_ends_cancelled_though_nobody_asked_it_to_is_a_failure()
    {
        log.Announce("failed");
        log.Announce("BackgroundService has thrown an unhandled exception");

        Assert.Equal(ExitStatus.Failed, await EndAsync(_ => throw new TaskCanceledException()));
        Assert.Contains(log.Lines.Entries, line => line.Message.StartsWith("Loop failed, so the process ended.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_loop_that_throws_is_a_failure()
    {
        log.Announce("failed");
        log.Announce("BackgroundService has thrown an unhandled exception");

        Assert.Equal(ExitStatus.Failed, await EndAsync(_ => throw new InvalidOperationException("on purpose")));
    }

    [Fact]
    public async Task A_loop_that_is_cancelled_by_a_stop_is_a_good_end() =>
        Assert.Equal(ExitStatus.Fine, await EndAsync(app => app.StopApplication()));

    /// <param name="act">What the loop does, once the host has started, before it waits for its end.</param>
    private async Task<int> EndAsync(Action<IHostApplicationLifetime> act)
    {
        var builder = WebApplication.CreateSlimBuilder();
        log.Configure(builder.Logging);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IHostedService>(services => new Loop(services.GetRequiredService<IHostApplicationLifetime>(), act));
        await using var app = builder.Build();
        await app.StartAsync(Token);

        return await ProcessEnd.WaitAsync(app, log.For<ProcessEndTests>());
    }

    private sealed class Loop(IHostApplicationLifetime lifetime, Action<IHostApplicationLifetime> act) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task;
            act(lifetime);
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }
    }
}
