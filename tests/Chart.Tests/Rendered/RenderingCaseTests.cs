using Portcullis.Chart.Tests.Rights;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>What helm makes of each case, and who may do what then. <c>UPDATE_GOLDEN=1</c> rewrites what is expected.</summary>
public sealed class RenderingCaseTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartCases.Names;

    [Fact]
    public void There_are_cases() => Assert.True(Cases.Count >= 4);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Values_become_what_is_expected(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        Expect(name, "rendered.yaml", rendering.Text);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Nobody_may_do_more_than_is_written_down(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        Expect(name, "rights.md", RightsTable.Of(rendering));
    }

    private static void Expect(string name, string file, string actual)
    {
        var path = Path.Combine(ChartCases.Folder(), name, file);

        if (Update)
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{name}/{file} does not exist. Run make golden and review what it wrote.");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
