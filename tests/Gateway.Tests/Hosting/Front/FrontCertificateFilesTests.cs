using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Hosting.Front;

public sealed class FrontCertificateFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();
    private readonly FakeTimeProvider time = new();
    private readonly FrontCertificates certificates;
    private readonly FrontCertificatePaths paths;
    private readonly FrontCertificateFiles files;

    public FrontCertificateFilesTests()
    {
        certificates = new FrontCertificates(time, log.For<FrontCertificates>());
        paths = new FrontCertificatePaths(folder["chain.pem"], folder["key.pem"]);
        files = new FrontCertificateFiles(paths, certificates, time, log.For<FrontCertificateFiles>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        files.Dispose();
        log.Dispose();
        root.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_renewed_pair_is_shown_and_one_that_is_half_written_is_not()
    {
        using var first = root.Issue("first.test");
        using var second = root.Issue("second.test");
        Write(first, TestPem.PrivateKey(first));
        await files.StartAsync(Cancellation);
        Assert.Equal("CN=first.test", Shown());

        Write(second, TestPem.PrivateKey(first));
        time.Advance(TimeSpan.FromSeconds(5));
        await log.Lines.WaitAsync(lines => lines.Any(line => line.Level == LogLevel.Warning), Cancellation);
        Assert.Equal("CN=first.test", Shown());

        Write(second, TestPem.PrivateKey(second));
        time.Advance(TimeSpan.FromSeconds(5));
        await log.Lines.WaitAsync(lines => lines.Any(line => line.Message.Contains("second.test, valid", StringComparison.Ordinal)), Cancellation);
        Assert.Equal("CN=second.test", Shown());
        Assert.Single(log.Lines.Entries, line => line.Level == LogLevel.Warning);
        await files.StopAsync(Cancellation);
    }

    [Fact]
    public void What_is_wrong_at_the_start_names_the_files()
    {
        using var leaf = root.Issue("first.test");
        using var other = root.Issue("second.test");

        var missing = FrontCertificateFiles.ProblemOf(paths);
        Write(leaf, TestPem.PrivateKey(other));
        var mismatch = FrontCertificateFiles.ProblemOf(paths);
        Write(leaf, TestPem.PrivateKey(leaf));

        Assert.Contains(paths.Chain, missing, StringComparison.Ordinal);
        Assert.Contains(paths.Key, mismatch, StringComparison.Ordinal);
        Assert.Null(FrontCertificateFiles.ProblemOf(paths));
    }

    private string Shown() => certificates.Table.Default.Certificate.Leaf.Subject;

    private void Write(System.Security.Cryptography.X509Certificates.X509Certificate2 leaf, string key)
    {
        folder.Write("chain.pem", TestPem.Certificates(leaf));
        folder.Write("key.pem", key);
    }
}
