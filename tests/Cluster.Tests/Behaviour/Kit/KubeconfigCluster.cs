using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>The cluster of a kubeconfig's current context.</summary>
internal sealed class KubeconfigCluster(ClusterAccess access) : ITestCluster
{
    public ClusterAccess Access => access;

    public static async Task<KubeconfigCluster> OpenAsync(string file, CancellationToken cancellationToken)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(file);
        var address = new Uri(configuration.Host);
        var root = configuration.SslCaCerts?.FirstOrDefault()
            ?? throw new NotSupportedException($"The current context of {file} names no certificate authority. Use one with certificate-authority-data.");
        var certificate = configuration.ClientCertificateData is { } data
            ? X509Certificate2.CreateFromPem(Decode(data), Decode(configuration.ClientCertificateKeyData))
            : null;
        if (certificate is null && string.IsNullOrEmpty(configuration.AccessToken))
        {
            throw new NotSupportedException($"The current context of {file} has neither token nor client certificate. Use one that has.");
        }

        var hosts = await Dns.GetHostAddressesAsync(address.DnsSafeHost, cancellationToken);
        return new KubeconfigCluster(new ClusterAccess(
            new Uri(address, "/"), new IPEndPoint(hosts[0], address.Port), root, configuration.AccessToken ?? "", certificate));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Decode(string base64) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64));
}
