using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Chart.Tests.Rights;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>Objects name each other; each name must lead somewhere.</summary>
public sealed class AgreementTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Selectors_find_the_pods_of_one_deployment(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        var selecting = rendering.Objects.Where(one => one.Kind is "Service" or "PodDisruptionBudget" or "Deployment").ToImmutableArray();

        Assert.Contains(selecting, one => one.Kind == "Service");
        foreach (var one in selecting)
        {
            var selector = RenderedObject.Map(one.Kind == "Service" ? one.Spec["selector"] : one.Spec["selector"]!["matchLabels"]);
            var found = rendering.Deployments.Where(deployment => Selects(selector, Labels(deployment))).Select(deployment => deployment.Name);

            Assert.Equal([one.Name], found);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Ports_that_services_and_probes_name_are_the_containers(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        foreach (var deployment in rendering.Deployments)
        {
            var container = ((V1Deployment)KubernetesTypes.Read(deployment)).Spec.Template.Spec.Containers[0];
            var ports = container.Ports.ToDictionary(port => port.Name, port => port.ContainerPort);
            var service = (V1Service)KubernetesTypes.Read(rendering.One("Service", deployment.Name));

            Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, ports.Keys));
            Assert.All(
                new[] { container.LivenessProbe, container.ReadinessProbe, container.StartupProbe },
                probe => Assert.Equal("health", probe.HttpGet.Port.Value));
            Assert.Equal(ports.Values.Order(), ListensOn(rendering, deployment).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Volumes_and_mounts_belong_together(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        foreach (var pod in rendering.Deployments.Select(one => ((V1Deployment)KubernetesTypes.Read(one)).Spec.Template.Spec))
        {
            var mounts = pod.Containers[0].VolumeMounts;

            Assert.Equal(pod.Volumes.Select(volume => volume.Name).Order(StringComparer.Ordinal), mounts.Select(mount => mount.Name).Order(StringComparer.Ordinal));
            Assert.Equal(mounts.Count, mounts.DistinctBy(mount => mount.MountPath).Count());
            Assert.All(mounts, mount => Assert.True(mount.SubPath is null, $"{mount.Name}: by subPath, a change would never be seen."));
            Assert.All(pod.Volumes.Where(volume => volume.EmptyDir is not null), volume => Assert.True(volume.EmptyDir is { Medium: "Memory", SizeLimit: not null }));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Gateways_dial_trust_and_prove_themselves_as_the_operator_expects(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        var operators = rendering.Deployments.Single(one => one.Arguments[0] == "cluster");
        var options = Options(rendering, operators);
        var declared = options["gateways"]!.AsArray();

        Assert.Equal(declared.Count, rendering.Deployments.Count() - 1);
        foreach (var gateway in declared)
        {
            var deployment = rendering.One("Deployment", gateway!["service"]!.GetValue<string>());
            var pod = ((V1Deployment)KubernetesTypes.Read(deployment)).Spec.Template.Spec;
            var token = Volume(pod, "token").Projected.Sources[0].ServiceAccountToken;
            var shards = Volume(pod, "trust").Projected.Sources;

            Assert.Equal(gateway["name"]!.GetValue<string>(), Value(deployment, "--name"));
            Assert.Equal(gateway["serviceAccount"]!.GetValue<string>(), pod.ServiceAccountName);
            Assert.Equal(gateway["namespace"]!.GetValue<string>(), deployment.Namespace);
            Assert.Equal($"https://{options["service"]}.{options["namespace"]}.svc:9443", Value(deployment, "--operator"));
            Assert.Equal(options["audience"]!.GetValue<string>(), token.Audience);
            Assert.InRange(token.ExpirationSeconds!.Value, 600, 3600);
            Assert.Equal(options["authority"]!["configMap"]!.GetValue<string>(), Volume(pod, "operator-ca").ConfigMap.Name);
            Assert.Equal(RenderedObject.Texts(gateway["shards"]), shards.Select(shard => shard.ConfigMap.Name));
            Assert.All(shards, shard => Assert.True(shard.ConfigMap.Optional));
            Assert.All(shards, shard => Assert.False(rendering.One("ConfigMap", shard.ConfigMap.Name).Json.ContainsKey("data")));
            Assert.True(Volume(pod, "operator-ca").ConfigMap.Optional);
            AssertIsUnder(pod, "trust", Value(deployment, "--bundles"));
            AssertIsUnder(pod, "operator-ca", Value(deployment, "--operator-ca"));
            AssertIsUnder(pod, "token", Value(deployment, "--token-file"));
            AssertIsUnder(pod, "saved", Value(deployment, "--saved"));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_gateway_is_given_the_time_that_its_draining_takes(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        foreach (var gateway in rendering.Deployments.Where(one => one.Arguments[0] == "run"))
        {
            var whole = Seconds(gateway, "--drain-delay") + Seconds(gateway, "--drain-timeout") + 5;

            Assert.True(gateway.Pod["terminationGracePeriodSeconds"]!.GetValue<long>() > whole);
            Assert.Equal(0, gateway.Spec["strategy"]!["rollingUpdate"]!["maxUnavailable"]!.GetValue<long>());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Bindings_bind_accounts_that_are_there(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);
        var accounts = rendering.OfKind("ServiceAccount").Select(account => $"{account.Namespace}/{account.Name}").ToArray();

        Assert.All(Grants.Bindings(rendering), binding => Assert.Subset(accounts.ToHashSet(), Grants.Subjects(binding).ToHashSet()));
        Assert.All(Grants.Bindings(rendering), binding => Grants.RoleOf(rendering, binding));
        Assert.All(rendering.Deployments, one => Assert.Contains($"{one.Namespace}/{one.Pod["serviceAccountName"]}", accounts));
    }

    [Fact]
    public async Task Changed_options_roll_the_operator_and_leave_gateways_alone()
    {
        var before = await ChartCases.RenderWithAsync("touchPods=true", cancellation);
        var after = await ChartCases.RenderWithAsync("forbiddenEndpoints={10.0.0.1:6443}", cancellation);

        Assert.NotEqual(Template(before, "portcullis-operator"), Template(after, "portcullis-operator"));
        Assert.Equal(Template(before, "portcullis-gateway"), Template(after, "portcullis-gateway"));

        static string Template(Rendering rendering, string name) => rendering.One("Deployment", name).PodTemplate.ToJsonString();
    }

    private static System.Text.Json.Nodes.JsonObject Options(Rendering rendering, RenderedObject operators)
    {
        var pod = ((V1Deployment)KubernetesTypes.Read(operators)).Spec.Template.Spec;
        AssertIsUnder(pod, "options", Value(operators, "--options"));

        return rendering.OptionsIn(Volume(pod, "options").ConfigMap.Name);
    }

    private static IEnumerable<int> ListensOn(Rendering rendering, RenderedObject deployment)
    {
        IEnumerable<string> addresses = deployment.Arguments[0] == "run"
            ? [Value(deployment, "--https"), .. deployment.Arguments.Contains("--http") ? [Value(deployment, "--http")] : Array.Empty<string>(), Value(deployment, "--health")]
            : [Text("listen"), Text("health")];

        return addresses.Select(address => int.Parse(address[(address.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

        string Text(string key) => Options(rendering, deployment)[key]!.GetValue<string>();
    }

    private static bool Selects(ImmutableSortedDictionary<string, string> selector, ImmutableSortedDictionary<string, string> labels) =>
        selector.Count > 0 && selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static ImmutableSortedDictionary<string, string> Labels(RenderedObject deployment) => RenderedObject.Map(deployment.PodTemplate["metadata"]!["labels"]);

    private static V1Volume Volume(V1PodSpec pod, string name) => Assert.Single(pod.Volumes, volume => volume.Name == name);

    private static string Value(RenderedObject deployment, string flag) => deployment.Arguments[deployment.Arguments.IndexOf(flag) + 1];

    private static int Seconds(RenderedObject deployment, string flag) => int.Parse(Value(deployment, flag).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertIsUnder(V1PodSpec pod, string volume, string path) =>
        Assert.StartsWith(Assert.Single(pod.Containers[0].VolumeMounts, mount => mount.Name == volume).MountPath, path, StringComparison.Ordinal);
}
