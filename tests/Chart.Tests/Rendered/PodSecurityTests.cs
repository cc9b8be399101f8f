using k8s.Models;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>The restricted Pod Security Standard, rule by rule, and what we ask for beyond it.</summary>
public sealed class PodSecurityTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_pod_is_restricted(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        foreach (var pod in rendering.Deployments.Select(one => ((V1Deployment)KubernetesTypes.Read(one)).Spec.Template.Spec))
        {
            Assert.Null(pod.InitContainers);
            AssertRestricted(pod);
            Assert.All(pod.Containers, AssertRestricted);
        }
    }

    private static void AssertRestricted(V1PodSpec pod)
    {
        Assert.True(pod is { HostNetwork: null or false, HostPID: null or false, HostIPC: null or false });
        Assert.True(pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: 1654, SeccompProfile.Type: "RuntimeDefault", Sysctls: null });
        Assert.All(pod.Volumes, volume => Assert.Null(volume.HostPath));
    }

    private static void AssertRestricted(V1Container container)
    {
        var context = container.SecurityContext;

        Assert.True(context is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, Privileged: null or false, ProcMount: null });
        Assert.True(context is { RunAsUser: null, RunAsNonRoot: null or true, SeccompProfile: null });
        Assert.Equal(["ALL"], context.Capabilities.Drop);
        Assert.Null(context.Capabilities.Add);
        Assert.All(container.Ports, port => Assert.True(port is { HostPort: null, ContainerPort: >= 1024 }));
        Assert.NotNull(container.Resources.Requests["memory"]);
        Assert.NotNull(container.Resources.Limits["memory"]);
        Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
    }
}
