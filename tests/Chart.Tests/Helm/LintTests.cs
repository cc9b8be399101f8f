namespace Portcullis.Chart.Tests.Helm;

/// <summary>What helm itself thinks of the chart.</summary>
public sealed class LintTests
{
    [Fact]
    public async Task Helm_finds_nothing_to_complain_about()
    {
        var answer = await HelmProgram.LintAsync(TestContext.Current.CancellationToken);

        Assert.Contains("1 chart(s) linted, 0 chart(s) failed", answer.Succeeded(), StringComparison.Ordinal);
        Assert.DoesNotContain("[WARNING]", answer.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_cel_rules_is_refused()
    {
        var answer = await HelmProgram.TemplateAsync(TestContext.Current.CancellationToken, "--kube-version", "1.28.15");

        Assert.NotEqual(0, answer.Status);
        Assert.Contains("chart requires kubeVersion: >=1.29.0-0", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suffix_of_a_cloud_provider_is_admitted()
    {
        var answer = await HelmProgram.TemplateAsync(TestContext.Current.CancellationToken, "--kube-version", "1.29.0-eks-5e0fdde");

        answer.Succeeded();
    }
}
