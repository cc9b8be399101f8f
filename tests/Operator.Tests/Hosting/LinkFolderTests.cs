using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Tests.Identity;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Hosting;

[UnsupportedOSPlatform("windows")]
public sealed class LinkFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string folder = Directory.CreateTempSubdirectory("portcullis-link-").FullName;
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestLog log = new();

    public void Dispose()
    {
        log.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_leaf_lives_at_most_7_days_names_only_its_address_and_chains_to_the_authority()
    {
        var leaf = Leaf(new LinkCertificate(folder, IPAddress.IPv6Loopback, clock, log.For<LinkCertificate>()));

        Assert.InRange(leaf.NotAfter - leaf.NotBefore, TimeSpan.FromDays(1), TimeSpan.FromDays(7));
        Assert.Equal([IPAddress.IPv6Loopback], Names(leaf).EnumerateIPAddresses());
        Assert.Equal(["localhost"], Names(leaf).EnumerateDnsNames());
        Assert.True(IsVouchedFor(leaf));
    }

    [Fact]
    public void The_leaf_is_renewed_when_two_thirds_of_its_life_are_over_and_not_before()
    {
        var certificate = new LinkCertificate(folder, IPAddress.Loopback, clock, log.For<LinkCertificate>());
        var first = Leaf(certificate);

        clock.Advance(TimeSpan.FromDays(4.6));
        var early = Leaf(certificate);
        clock.Advance(TimeSpan.FromDays(0.1));
        var late = Leaf(certificate);

        Assert.Equal(first, early);
        Assert.NotEqual(first.SerialNumber, late.SerialNumber);
        Assert.True(late.NotAfter > first.NotAfter);
        Assert.True(IsVouchedFor(late));
    }

    [Fact]
    public void A_leaf_that_cannot_be_renewed_serves_on_and_the_log_says_so()
    {
        log.Announce("could not be renewed");
        var certificate = new LinkCertificate(folder, IPAddress.Loopback, clock, log.For<LinkCertificate>());
        var first = Leaf(certificate);
        var key = File.ReadAllText(Path.Combine(folder, "ca.key"));
        File.WriteAllText(Path.Combine(folder, "ca.key"), "broken");

        clock.Advance(TimeSpan.FromDays(5));
        var meanwhile = Leaf(certificate);
        File.WriteAllText(Path.Combine(folder, "ca.key"), key);
        clock.Advance(TimeSpan.FromMinutes(2));
        var healed = Leaf(certificate);

        Assert.Equal(first, meanwhile);
        Assert.NotEqual(first, healed);
        Assert.Single(log.Lines.Entries, line => line.Message.Contains("is not the key file that this program wrote", StringComparison.Ordinal));
    }

    [Fact]
    public void The_authority_stays_the_same_over_starts()
    {
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow());
        var before = File.ReadAllText(Path.Combine(folder, "ca.crt"));

        LinkAuthorityFolder.Open(folder, clock.GetUtcNow().AddDays(300));

        Assert.Equal(before, File.ReadAllText(Path.Combine(folder, "ca.crt")));
    }

    [Fact]
    public void A_new_generation_has_a_subject_of_its_own_and_the_old_one_stays_listed_until_it_has_expired()
    {
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow());
        var old = Assert.Single(Authorities());

        LinkAuthorityFolder.Open(folder, clock.GetUtcNow().AddDays(310));
        var both = Authorities();
        clock.Advance(TimeSpan.FromDays(310));
        var leaf = Leaf(new LinkCertificate(folder, IPAddress.Loopback, clock, log.For<LinkCertificate>()));
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow().AddDays(320));
        var afterwards = Authorities();

        Assert.Equal(2, both.Count);
        Assert.Equal(old.RawData, both[1].RawData);
        Assert.NotEqual(both[0].Subject, both[1].Subject);
        Assert.Equal(both[0].Subject, leaf.Issuer);
        Assert.DoesNotContain(afterwards, authority => authority.Subject == old.Subject);
    }

    [Fact]
    public void After_a_crash_between_the_two_files_of_a_new_generation_the_old_one_still_signs()
    {
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow());
        var key = File.ReadAllText(Path.Combine(folder, "ca.key"));
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow().AddDays(310));
        var both = Authorities();
        File.WriteAllText(Path.Combine(folder, "ca.key"), key);

        var leaf = Leaf(new LinkCertificate(folder, IPAddress.Loopback, clock, log.For<LinkCertificate>()));

        Assert.Equal(both[1].Subject, leaf.Issuer);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void Key_and_token_can_be_read_by_their_owner_only()
    {
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow());
        LinkToken.Open(folder);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(folder, "ca.key")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(folder, "token")));
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("token")]
    public void A_secret_that_others_can_read_is_refused_with_what_to_do(string file)
    {
        LinkAuthorityFolder.Open(folder, clock.GetUtcNow());
        LinkToken.Open(folder);
        File.SetUnixFileMode(Path.Combine(folder, file), OwnerOnly | UnixFileMode.GroupRead);

        var refusal = Assert.Throws<InvalidDataException>(() =>
        {
            LinkAuthorityFolder.Open(folder, clock.GetUtcNow());
            LinkToken.Open(folder);
        });

        Assert.Contains("can be read or changed by others. Delete it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_is_made_once_and_is_32_random_bytes()
    {
        var token = LinkToken.Open(folder);

        Assert.Equal(token, LinkToken.Open(folder));
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(token).Length);
    }

    [Fact]
    public void A_token_that_is_too_short_is_refused()
    {
        OwnerOnlyFile.Write(Path.Combine(folder, "token"), "password");

        var refusal = Assert.Throws<InvalidDataException>(() => LinkToken.Open(folder));

        Assert.Contains("holds no token of 32 random bytes. Delete it", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", refusal.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Leaf(LinkCertificate certificate) => certificate.ForHandshake().ServerCertificateContext!.TargetCertificate;

    private static X509SubjectAlternativeNameExtension Names(X509Certificate2 leaf) => leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

    private X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(folder, "ca.crt"));
        return authorities;
    }

    private bool IsVouchedFor(X509Certificate2 leaf) => Vouching.Holds(leaf, Authorities(), clock.GetUtcNow());
}
