using System.Text;
using Portcullis.Architecture.Tests;

namespace Portcullis.EndToEnd.Tests.Comparison;

/// <summary>What each comparison leaves behind; <c>make compare</c> joins the parts.</summary>
internal static class ComparisonReport
{
    /// <param name="part">Of the whole report.</param>
    /// <param name="tables">To be read.</param>
    /// <param name="evidence">What they rest on; shown in no rendering.</param>
    public static Task WriteAsync(string part, StringBuilder tables, StringBuilder evidence, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "comparison"));
        return File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{part}.md"), $"{tables}\n<!--\n{evidence}-->\n", cancellationToken);
    }
}
