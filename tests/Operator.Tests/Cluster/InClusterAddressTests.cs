using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Tests.Cluster;

public sealed class InClusterAddressTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portcullis-account-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    public void A_pod_finds_the_address_in_its_environment_and_the_rest_in_its_mount(string host, string port, string expected)
    {
        Mount("ca.crt", "token");

        var address = Of(host, port);

        Assert.Equal(expected, address.Address.AbsoluteUri);
        Assert.Equal(Path.Combine(folder.FullName, "ca.crt"), address.CaFile);
        Assert.Equal(Path.Combine(folder.FullName, "token"), address.TokenFile);
    }

    [Fact]
    public void Outside_of_a_pod_it_says_what_to_use() =>
        Assert.Contains("--kubeconfig FILE", Assert.Throws<InvalidDataException>(() => Of(null, null)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pod_without_a_mounted_token_is_told_why()
    {
        Mount("ca.crt");

        Assert.Contains("automountServiceAccountToken", Assert.Throws<InvalidDataException>(() => Of("10.96.0.1", "443")).Message, StringComparison.Ordinal);
    }

    private ApiServerAddress Of(string? host, string? port) => InClusterAddress.Of(name => name.EndsWith("HOST", StringComparison.Ordinal) ? host : port, folder.FullName);

    private void Mount(params string[] names)
    {
        foreach (var name in names)
        {
            File.WriteAllText(Path.Combine(folder.FullName, name), "");
        }
    }
}
