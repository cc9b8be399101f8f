using System.Text;
using Portcullis.Gateway.Mounts;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Mounts;

public sealed class BundlePemTests : IDisposable
{
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestAuthority other = TestAuthority.CreateRoot("other");

    public void Dispose()
    {
        root.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Every_certificate_is_read_in_its_order_and_once()
    {
        var content = Encoding.UTF8.GetBytes($"# ours\n{root.Pem}\n{other.Pem}\n{root.Pem}\n");

        Assert.True(BundlePem.TryParse(content, out var certificates, out _));
        Assert.Equal([root.Subject, other.Subject], certificates.Select(certificate => certificate.Subject));
    }

    [Fact]
    public void A_file_cut_short_anywhere_within_a_certificate_is_refused()
    {
        var whole = root.Pem + "\n" + other.Pem;
        var lengths = Enumerable.Range(1, whole.Length - 1).Where(length => length < root.Pem.Length || length > root.Pem.Length + 1);

        Assert.All(lengths, length =>
        {
            Assert.False(BundlePem.TryParse(Encoding.UTF8.GetBytes(whole[..length]), out var certificates, out var problem));
            Assert.Empty(certificates);
            Assert.NotEmpty(problem);
        });
    }

    [Fact]
    public void What_the_library_would_skip_refuses_the_file()
    {
        var damaged = other.Pem.Replace("\n", "\n!", StringComparison.Ordinal);
        string[] contents =
        [
            "",
            "no certificate here",
            "# only a comment",
            root.Pem + "\ntrailing words",
            root.Pem + "\n" + other.Pem.Replace("BEGIN", "BEGUN", StringComparison.Ordinal),
            "\uFEFF" + root.Pem,
            root.Pem + "\n" + damaged,
            root.Pem + "\n" + other.Pem.Replace("CERTIFICATE", "TRUSTED CERTIFICATE", StringComparison.Ordinal),
            root.Pem + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            root.Pem + "\n-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
            Wrapped([.. root.Certificate.RawData, 0]),
            Wrapped(Encoding.ASCII.GetBytes(root.Pem)),
        ];

        Assert.All(contents, content =>
        {
            Assert.False(BundlePem.TryParse(Encoding.UTF8.GetBytes(content), out var certificates, out var problem));
            Assert.Empty(certificates);
            Assert.NotEmpty(problem);
        });
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void A_private_key_refuses_the_file_and_is_not_repeated()
    {
        var key = root.Key.ExportPem();
        string[] contents =
        [
            root.Pem + "\n" + key,
            key + "\n" + root.Pem,
            root.Pem + "\n" + key[..^40],
            root.Pem + "\n" + key.Replace("PRIVATE KEY", "RSA PRIVATE KEY", StringComparison.Ordinal),
            root.Pem + "\n" + key.Replace("PRIVATE KEY", "OPENSSH PRIVATE KEY", StringComparison.Ordinal),
        ];

        Assert.All(contents, content =>
        {
            Assert.False(BundlePem.TryParse(Encoding.UTF8.GetBytes(content), out var certificates, out var problem));
            Assert.Empty(certificates);
            Assert.Contains("private key", problem, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Split('\n')[1], problem, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Bytes_chosen_by_nobody_never_throw()
    {
        var random = new Random(20260101);
        var whole = Encoding.UTF8.GetBytes(root.Pem + "\n" + other.Pem);

        for (var round = 0; round < 2000; round++)
        {
            var content = (byte[])whole.Clone();
            content[random.Next(content.Length)] = (byte)random.Next(256);
            content[random.Next(content.Length)] = (byte)random.Next(256);

            // Whatever the answer, a good one is complete.
            if (BundlePem.TryParse(content, out var certificates, out _))
            {
                Assert.Equal(2, certificates.Length);
            }
        }
    }

    private static string Wrapped(byte[] content) => $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(content)}\n-----END CERTIFICATE-----\n";
}
