using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>What pods are started with, put to the programs themselves.</summary>
public sealed class ArgumentsTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Gateways_know_every_flag(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        await using var help = Programs.StartGateway("run", "--help");
        await help.ExitAsync(cancellation);

        foreach (var flag in rendering.Deployments.Where(one => one.Arguments[0] == "run").SelectMany(one => one.Arguments).Where(text => text.StartsWith("--", StringComparison.Ordinal)))
        {
            Assert.Contains(help.Output.Entries, line => line.TrimStart().Split(' ', ',')[0] == flag);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Operators_know_every_flag_and_take_the_options_file_as_it_is(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        using var folder = new TemporaryFolder();
        var deployment = rendering.Deployments.Single(one => one.Arguments[0] == "cluster");
        var written = rendering.OfKind("ConfigMap").Select(map => map.Json["data"]?["operator.yaml"]?.GetValue<string>()).OfType<string>().Single();
        var options = folder.Write("operator.yaml", written);
        var arguments = deployment.Arguments.Select(text => text
            .Replace("$(POD_NAME)", "portcullis-operator-5c45-x2x7p", StringComparison.Ordinal)
            .Replace("/etc/portcullis/operator.yaml", options, StringComparison.Ordinal)).ToList();

        if (!arguments.Contains("--kubeconfig"))
        {
            arguments.AddRange(["--kubeconfig", folder["none"]]);
        }

        await using var started = Programs.StartOperator(arguments);
        await started.ExitAsync(cancellation);

        // Everything is right when the only complaint left is about the API server's address, which is on no test machine.
        Assert.Contains(arguments[arguments.IndexOf("--kubeconfig") + 1], Assert.Single(started.Output.Entries), StringComparison.Ordinal);
    }

    // All flags are right when the only complaint left is about the folder, which is on no test machine.
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Gateways_take_every_value(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        using var folder = new TemporaryFolder();
        var taken = folder.Write("taken", "");

        foreach (var gateway in rendering.Deployments.Where(one => one.Arguments[0] == "run"))
        {
            var arguments = gateway.Arguments.Select(text => text
                .Replace("$(POD_NAME)", "portcullis-gateway-7d4b9-x2x7p", StringComparison.Ordinal)
                .Replace("$(POD_UID)", "0f4c7a1e-8a39-4a8e-b6a5-d5f0b3c8a5b7", StringComparison.Ordinal)
                .Replace("/var/lib/portcullis", taken, StringComparison.Ordinal));

            await using var started = Programs.StartGateway(arguments);
            var status = await started.ExitAsync(cancellation);

            Assert.Equal(2, status);
            Assert.StartsWith("--saved must name a file in a folder", Assert.Single(started.Output.Entries), StringComparison.Ordinal);
        }
    }
}
