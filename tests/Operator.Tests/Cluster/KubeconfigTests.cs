using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Operator.Cluster;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Cluster;

public sealed class KubeconfigTests : IDisposable
{
    private const string AuthoritiesLine = "certificate-authority-data: QQ==";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portcullis-kubeconfig-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Address_authority_and_token_are_those_of_the_current_context()
    {
        using var authority = TestAuthority.CreateRoot("cluster");

        var address = Read($"certificate-authority-data: {Base64(authority.Pem)}", "token: abc");

        Assert.Equal(new Uri("https://10.0.0.1:6443"), address.Address);
        Assert.Equal(authority.Pem, address.CaPem);
        Assert.Equal("abc", address.Token);
        Assert.Null(address.ClientCertificate);
    }

    [Fact]
    public void Paths_are_relative_to_the_kubeconfig()
    {
        var address = Read("certificate-authority: pki/ca.crt", "tokenFile: token");

        Assert.Equal(Path.Combine(folder.FullName, "pki/ca.crt"), address.CaFile);
        Assert.Equal(Path.Combine(folder.FullName, "token"), address.TokenFile);
    }

    [Fact]
    public void A_client_certificate_comes_with_its_key_from_the_file_or_from_files_beside_it()
    {
        using var authority = TestAuthority.CreateRoot("cluster");
        using var client = authority.Issue("admin");
        var key = client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        File.WriteAllText(Path.Combine(folder.FullName, "client.key"), key);

        using var inside = Read(AuthoritiesLine, $"client-certificate-data: {Base64(client.ExportCertificatePem())}", $"client-key-data: {Base64(key)}").ClientCertificate;
        using var beside = Read(AuthoritiesLine, $"client-certificate-data: {Base64(client.ExportCertificatePem())}", "client-key: client.key").ClientCertificate;

        Assert.Equal(client.Thumbprint, inside?.Thumbprint);
        Assert.True(inside?.HasPrivateKey);
        Assert.Equal(client.Thumbprint, beside?.Thumbprint);
    }

    [Theory]
    [InlineData("exec: {command: aws}", "users[me].user.exec is not supported: programs are not run to log in. Use a ServiceAccount's token")]
    [InlineData("auth-provider: {name: gcp}", "users[me].user.auth-provider is not supported")]
    [InlineData("username: root", "users[me].user.username is not supported: passwords")]
    [InlineData("as: admin", "users[me].user.as is not supported")]
    [InlineData("client-certificate-data: QQ==", "users[me].user.client-certificate and client-key must both be set")]
    public void What_a_user_may_not_have_is_refused_by_name(string line, string problem) =>
        Assert.Contains(problem, Refusal(AuthoritiesLine, line), StringComparison.Ordinal);

    [Theory]
    [InlineData("insecure-skip-tls-verify: true", "clusters[here].cluster.insecure-skip-tls-verify is not supported: the API server is always verified.")]
    [InlineData("proxy-url: http://proxy", "clusters[here].cluster.proxy-url is not supported")]
    [InlineData("tls-server-name: a", "clusters[here].cluster.certificate-authority-data is required")]
    [InlineData("certificate-authority-data: '%'", "clusters[here].cluster.certificate-authority-data is not base64.")]
    public void What_a_cluster_may_not_have_is_refused_by_name(string line, string problem) => Assert.Contains(problem, Refusal(line, "token: abc"), StringComparison.Ordinal);

    [Fact]
    public void Verification_that_is_written_out_as_on_is_no_mistake() => Assert.Equal("abc", Read($"{AuthoritiesLine}\n    insecure-skip-tls-verify: false", "token: abc").Token);

    [Fact]
    public void A_plain_address_is_refused()
    {
        var file = Path.Combine(folder.FullName, "config");
        File.WriteAllText(file, Text(AuthoritiesLine, ["token: abc"]).Replace("https:", "http:", StringComparison.Ordinal));

        Assert.Contains("clusters[here].cluster.server must be an https address", Assert.Throws<InvalidDataException>(() => Kubeconfig.Read(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [", "is not YAML")]
    [InlineData("- a", "is no kubeconfig")]
    [InlineData("a: b", "current-context is not set")]
    [InlineData("current-context: gone", "contexts has no entry with the name 'gone'")]
    public void What_is_no_kubeconfig_is_refused_with_its_name(string text, string problem)
    {
        var file = Path.Combine(folder.FullName, "config");
        File.WriteAllText(file, text);

        var message = Assert.Throws<InvalidDataException>(() => Kubeconfig.Read(file)).Message;

        Assert.StartsWith(file, message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("nowhere", Assert.Throws<InvalidDataException>(() => Kubeconfig.Read(Path.Combine(folder.FullName, "nowhere"))).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Promise", "P9")]
    public void A_key_that_does_not_fit_is_refused_without_a_word_of_it()
    {
        var message = Refusal(AuthoritiesLine, $"client-certificate-data: {Base64("nothing")}", $"client-key-data: {Base64("confidential")}");

        Assert.Contains("are not a PEM certificate and its unencrypted key", message, StringComparison.Ordinal);
        Assert.DoesNotContain("confidential", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64("confidential"), message, StringComparison.Ordinal);
    }

    private string Refusal(string cluster, params string[] user) => Assert.Throws<InvalidDataException>(() => Read(cluster, user)).Message;

    private ApiServerAddress Read(string cluster, params string[] user)
    {
        var file = Path.Combine(folder.FullName, "config");
        File.WriteAllText(file, Text(cluster, user));
        return Kubeconfig.Read(file);
    }

    private static string Text(string cluster, string[] user) => $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: other
          cluster: {}
        - name: here
          cluster:
            server: https://10.0.0.1:6443
            {{cluster}}
        contexts:
        - name: now
          context: {cluster: here, user: me}
        current-context: now
        users:
        - name: me
          user:
            {{string.Join("\n    ", user)}}
        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
