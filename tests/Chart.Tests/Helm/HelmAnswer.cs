namespace Portcullis.Chart.Tests.Helm;

/// <summary>What helm printed, and how it ended.</summary>
internal sealed record HelmAnswer(int Status, string Printed, string Errors)
{
    public string Succeeded()
    {
        Assert.True(Status == 0, $"helm ended with {Status}:{Environment.NewLine}{Errors}{Printed}");

        return Printed;
    }
}
