using Portcullis.Chart.Tests.Helm;
using Portcullis.Operator.Tests.Translation;
using Portcullis.TestKit.Processes;

namespace Portcullis.Chart.Tests.Values;

/// <summary>What helm tells after an installation.</summary>
public sealed class NotesTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_name_the_next_commands()
    {
        var notes = await NotesAsync("gatewayDefaults.defaultCertificate.name=front,image.registry=registry.example.com");

        Assert.Contains("kubectl apply --server-side -f deploy/crds", notes, StringComparison.Ordinal);
        Assert.Contains(
            "kubectl -n portcullis-system wait deployment/portcullis-operator deployment/portcullis-gateway --for=condition=Available --timeout=3m", notes, StringComparison.Ordinal);
        Assert.Contains("kubectl -n portcullis-system get service portcullis-gateway", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("Please note", notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operator.replicas=1", "operator.replicas is below 2")]
    [InlineData("gatewayDefaults.replicas=1", "gateway \"default\" has fewer than 2 replicas")]
    [InlineData("gatewayDefaults.podDisruptionBudget.enabled=false", "gateway \"default\" has no PodDisruptionBudget")]
    [InlineData("gatewayDefaults.log=json", "gateway \"default\" has no defaultCertificate")]
    [InlineData("gatewayDefaults.allowNetworks={127.0.0.0/8}", "allowNetworks opens 127.0.0.0/8 to backends")]
    [InlineData("touchPods=false", "touchPods is false")]
    [InlineData("secretNamespaces={shop,blog}", "the operator may read every Secret in: shop, blog")]
    [InlineData("image.registry=localhost", "image.registry is \"localhost\"")]
    [InlineData("gatewayDefaults.service.type=ClusterIP,gatewayDefaults.service.port=8443", "port-forward service/portcullis-gateway 8443:8443")]
    public async Task They_warn_of(string set, string warning) => Assert.Contains(warning, await NotesAsync(set), StringComparison.Ordinal);

    // Helm shows notes of an installation only, which needs a cluster. In a copy of the chart they become the content of a ConfigMap.
    private async Task<string> NotesAsync(string set)
    {
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(HelmProgram.Chart, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(HelmProgram.Chart, file);
            copy.Write(relative.Replace("NOTES.txt", "_notes.tpl", StringComparison.Ordinal), relative.EndsWith("NOTES.txt", StringComparison.Ordinal)
                ? $"{{{{- define \"notes\" -}}}}\n{File.ReadAllText(file)}\n{{{{- end -}}}}\n"
                : File.ReadAllText(file));
        }

        copy.Write("templates/notes.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\ndata:\n  notes: {{ include \"notes\" . | toJson }}\n");
        var answer = await HelmProgram.RunAsync(
            cancellation, "template", "portcullis", copy.Path, "--namespace", "portcullis-system", "--kube-version", "1.33.0", "--show-only", "templates/notes.yaml", "--set", set);

        return YamlNodes.Documents(answer.Succeeded()).Single()["data"]!["notes"]!.GetValue<string>();
    }
}
