using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>Every rendered object against the types, names and limits of Kubernetes.</summary>
public sealed partial class KubernetesTypesTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_field_is_one_that_kubernetes_has(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        Assert.All(rendering.Objects, rendered => Assert.Equal(rendered.Name, KubernetesTypes.Read(rendered).Metadata.Name));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Names_and_labels_are_valid_and_names_are_given_once(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        Assert.Equal(rendering.Objects.Length, rendering.Objects.DistinctBy(one => one.ToString()).Count());
        foreach (var rendered in rendering.Objects)
        {
            Assert.Matches(rendered.Kind == "Service" ? ServiceName() : ObjectName(), rendered.Name);
            Assert.True(rendered.Name.Length <= 63, $"{rendered} has a name of {rendered.Name.Length} characters.");
            Assert.All(RenderedObject.Map(rendered.Json["metadata"]!["labels"]).Values, label => Assert.Matches(LabelValue(), label));
        }
    }

    // Helm writes YAML 1.2 and Kubernetes reads 1.1: "on" without quotes would be true there.
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task No_text_is_written_as_what_kubernetes_reads_as_something_else(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        var parser = new Parser(new StringReader(rendering.Text));
        var plain = new List<string>();

        while (parser.MoveNext())
        {
            if (parser.Current is Scalar { Style: ScalarStyle.Plain } scalar)
            {
                plain.Add(scalar.Value);
            }
        }

        Assert.NotEmpty(plain);
        Assert.All(plain, text => Assert.DoesNotMatch(AmbiguousPlain(), text));
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"spec":{"clusterIp":"None"}}""")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":"2"}}""")]
    [InlineData("""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"x","label":{}}}""")]
    public void A_field_that_is_misspelt_or_of_another_type_is_noticed(string json) =>
        Assert.Throws<JsonException>(() => KubernetesTypes.Read(new RenderedObject(JsonSerializer.Deserialize<System.Text.Json.Nodes.JsonObject>(json)!)));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Pods_have_what_kubernetes_requires(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        Assert.NotEmpty(rendering.Deployments);
        foreach (var deployment in rendering.Deployments.Select(KubernetesTypes.Read).Cast<V1Deployment>())
        {
            var pod = deployment.Spec.Template.Spec;

            Assert.NotEmpty(deployment.Spec.Selector.MatchLabels);
            Assert.All(pod.Containers, container => Assert.True(container is { Name.Length: > 0, Image.Length: > 0 }));
            Assert.All(pod.Containers[0].Ports, port => Assert.InRange(port.ContainerPort, 1, 65535));
            Assert.All(pod.Containers[0].Env, variable => Assert.True(variable.Name.Length > 0 && variable.Value is null != variable.ValueFrom is null));
            Assert.All(pod.TopologySpreadConstraints, spread => Assert.True(spread is { MaxSkew: > 0, TopologyKey.Length: > 0, WhenUnsatisfiable.Length: > 0 }));
            Assert.All(pod.Volumes, volume => Assert.True(volume is { EmptyDir: not null } or { ConfigMap: not null } or { Projected: not null }));
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex ObjectName();

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex ServiceName();

    [GeneratedRegex("^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")]
    private static partial Regex LabelValue();

    [GeneratedRegex("^(y|n|yes|no|on|off|Yes|No|On|Off|YES|NO|ON|OFF|[0-9]+e[0-9]+|0[0-7]+)$")]
    private static partial Regex AmbiguousPlain();
}
