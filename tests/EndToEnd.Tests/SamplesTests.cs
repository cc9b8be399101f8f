using System.Globalization;
using System.Text.RegularExpressions;
using Portcullis.Demo;
using Portcullis.Demo.Dev;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Processes;
using Portcullis.TestKit.Standalone;

namespace Portcullis.EndToEnd.Tests;

/// <summary>The samples run as they are.</summary>
public sealed partial class SamplesTests : EndToEndTest
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    [Fact]
    public async Task The_operator_accepts_every_sample()
    {
        await using var translate = Programs.StartOperator("translate", Samples);

        var status = await translate.ExitAsync(Cancellation);

        Assert.True(status == 0, string.Join(Environment.NewLine, translate.Output.Entries));
    }

    [Fact]
    public async Task Each_sample_reaches_a_verified_backend()
    {
        using var pki = new DemoPki(TimeProvider.System.GetUtcNow());
        var ports = SampleBackends.Ports.ToDictionary(port => port, _ => FreePorts.Next());
        await using var backends = await SampleBackends.StartAsync(pki, ports, Cancellation);
        var values = new SampleValues(pki.Root.Pem, backends.Pin);
        var manifests = Directory.GetFiles(Samples, "*.yaml").ToDictionary(
            file => Path.GetFileName(file), file => values.InPlaceOfPublished(OnPorts(ports, File.ReadAllText(file))));

        await using var standalone = await Standalone.StartAsync(Cancellation, [.. manifests.Select(file => (file.Key, file.Value))]);

        foreach (var host in Hosts(manifests.Values))
        {
            await standalone.AnswersAsync(host, 200);
        }
    }

    private static string[] Hosts(IEnumerable<string> manifests)
    {
        var hosts = manifests.SelectMany(text => Hostname().Matches(text)).Select(match => match.Groups["host"].Value).ToArray();
        Assert.Equal(5, hosts.Length);

        return hosts;
    }

    private static string OnPorts(Dictionary<int, int> ports, string manifest) => ports.Aggregate(
        manifest, (text, port) => text.Replace(Text(port.Key), Text(port.Value), StringComparison.Ordinal));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"hostnames: \[(?<host>[a-z.]+)\]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Hostname();
}
