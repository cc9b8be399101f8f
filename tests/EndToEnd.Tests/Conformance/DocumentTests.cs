using System.Text.RegularExpressions;
using Portcullis.Architecture.Tests;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>docs/gateway-api.md says what is proven, and nothing is proven that it does not say.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs");

    private static readonly string Text = File.ReadAllText(Path.Combine(Folder, "gateway-api.md"));

    public static TheoryData<string> Links => [.. Link().Matches(Text).Select(link => link.Groups["path"].Value).Distinct()];

    public static TheoryData<string> Names => [.. Name().Matches(Text).Select(name => name.Groups["name"].Value).Distinct()];

    public static TheoryData<string> Cases => [.. ConformanceRow.Cases];

    private static Lazy<string> Sources { get; } = new(() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_is_named(string @case) => Assert.Contains($"/Conformance/Cases/{@case})", Text, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Links))]
    public void A_link_leads_somewhere(string path) => Assert.True(Path.Exists(Path.GetFullPath(path, Folder)), $"{path} does not exist.");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_that_is_named_exists(string name) => Assert.Contains($" {name}(", Sources.Value, StringComparison.Ordinal);

    [GeneratedRegex(@"\]\((?<path>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("`(?<name>[A-Za-z0-9]+_[A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
