using System.Collections.Immutable;
using Portcullis.Demo;
using Portcullis.Demo.Backends;
using Portcullis.Demo.Running;
using Portcullis.Demo.Scenarios;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests;

/// <summary>Everything that can be right and wrong with a backend, through the real gateway: what <c>make demo</c> shows.</summary>
[Trait("Promise", "P1")]
public sealed class DemoMatrixTests : EndToEndTest
{
    [Fact]
    public async Task Each_backend_is_verified_or_refused_for_its_reason_and_a_refused_one_gets_no_byte()
    {
        using var pki = new DemoPki(TimeProvider.System.GetUtcNow());
        await using var backends = await EmbeddedBackends.StartAsync(DemoScenarios.All(pki), Cancellation);

        var outcomes = await OutcomesAsync(pki, backends);

        Assert.Empty(Unexpected(outcomes));
        Assert.All(outcomes, outcome => Assert.Equal(outcome.Served.Scenario.Expected is not null, outcome.Bytes == "0"));
    }

    [Fact]
    public async Task Nginx_and_Apache_are_verified_or_refused_for_the_same_reasons()
    {
        Assert.SkipWhen(DebianBackends.Missing is not null, DebianBackends.Missing ?? "");
        using var pki = new DemoPki(TimeProvider.System.GetUtcNow());
        await using var backends = await DebianBackends.StartAsync(DemoScenarios.All(pki), Cancellation);

        var outcomes = await OutcomesAsync(pki, backends);

        Assert.Empty(Unexpected(outcomes));
    }

    private async Task<ImmutableArray<Outcome>> OutcomesAsync(DemoPki pki, IDemoBackends backends)
    {
        using var folder = new TemporaryFolder();

        return await DemoRun.OutcomesAsync(pki, backends, DemoFolder.Create(folder["demo"]), TestContext.Current.SendDiagnosticMessage, Cancellation);
    }

    private static IEnumerable<string> Unexpected(ImmutableArray<Outcome> outcomes) => outcomes
        .Where(outcome => !outcome.IsAsExpected)
        .Select(outcome => $"{outcome.Served.Route}: expected {outcome.Expected}, got {outcome.Got}, {outcome.Bytes} bytes, {outcome.Text}");
}
