using System.Text;
using Portcullis.Contract;
using Portcullis.Gateway.Mounts;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Mounts;

public sealed class MountedBundlesTests : IDisposable
{
    private const string FileName = "shop.corp.pem";
    private static readonly ResourceKey Bundle = new("shop", "corp");
    private readonly MountFolder folder = new();
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestAuthority other = TestAuthority.CreateRoot("other");

    public void Dispose()
    {
        folder.Dispose();
        root.Dispose();
        other.Dispose();
    }

    [Fact]
    public void A_bundle_is_held_with_its_certificates_and_the_digest_of_its_bytes()
    {
        folder.Write(FileName, root.Pem);

        var held = Looked(MountedBundles.Empty).Held[Bundle];

        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes(root.Pem)), held.Digest);
        Assert.Equal(root.Certificate.RawData, Assert.Single(held.Certificates).RawData);
        Assert.Null(held.Problem);
    }

    [Fact]
    public void Nothing_changed_gives_the_same_objects()
    {
        folder.Write(FileName, root.Pem);
        folder.Write("shop.bad.pem", "garbage");
        folder.Write("stray.pem", root.Pem);
        var first = Looked(MountedBundles.Empty);

        var second = Looked(first);

        Assert.Same(first, second);
    }

    [Fact]
    public void A_change_of_one_bundle_leaves_the_others_as_they_are()
    {
        folder.Write(FileName, root.Pem);
        folder.Write("shop.more.pem", root.Pem);
        var first = Looked(MountedBundles.Empty);
        folder.Write("shop.more.pem", other.Pem);

        var second = Looked(first);

        Assert.NotSame(first, second);
        Assert.Same(first.Held[Bundle], second.Held[Bundle]);
        Assert.Equal(other.Subject, Assert.Single(second.Held[new ResourceKey("shop", "more")].Certificates).Subject);
    }

    [Fact]
    public void A_volume_updated_by_swapping_its_link_is_seen()
    {
        folder.Project("..2026_01", FileName, root.Pem);
        var first = Looked(MountedBundles.Empty);
        folder.Project("..2026_02", FileName, root.Pem + "\n" + other.Pem);

        var second = Looked(first);

        Assert.Single(first.Held[Bundle].Certificates);
        Assert.Equal(2, second.Held[Bundle].Certificates.Length);
        Assert.Empty(second.PathProblems);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void A_file_that_breaks_or_vanishes_keeps_the_last_good_content_and_says_so()
    {
        var path = folder.Write(FileName, root.Pem + "\n" + other.Pem);
        var good = Looked(MountedBundles.Empty);
        (string Name, Action Break)[] breakages =
        [
            ("half-written", () => folder.Write(FileName, root.Pem[..200])),
            ("empty", () => folder.Write(FileName, "")),
            ("garbage", () => folder.Write(FileName, [0xEF, 0xBB, 0xBF, 0, 1, 2])),
            ("a private key added", () => folder.Write(FileName, root.Pem + "\n" + other.Pem + "\n" + root.Key.ExportPem())),
            ("too large", () => folder.Write(FileName, root.Pem + new string('\n', MountReader.LargestFile))),
            ("gone", () => folder.Delete(FileName)),
            ("unreadable", () => File.CreateSymbolicLink(path, path)),
        ];

        foreach (var (name, breakIt) in breakages)
        {
            breakIt();

            var held = Looked(good).Held[Bundle];

            Assert.True(held.Problem is { Length: > 0 }, name);
            Assert.Equal(good.Held[Bundle].Digest, held.Digest);
            Assert.Equal(good.Held[Bundle].Certificates, held.Certificates);
        }

        folder.Delete(FileName);
        folder.Write(FileName, root.Pem + "\n" + other.Pem);
        var broken = good.After(new MountReading());
        Assert.Null(Looked(broken).Held[Bundle].Problem);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void A_directory_that_vanishes_keeps_its_bundles_and_says_so()
    {
        folder.Write(FileName, root.Pem);
        var good = Looked(MountedBundles.Empty);

        var after = good.After(MountReader.Read([folder.Path + "-elsewhere"]));

        Assert.Equal(good.Held[Bundle].Certificates, after.Held[Bundle].Certificates);
        Assert.NotNull(after.Held[Bundle].Problem);
        Assert.Contains(folder.Path + "-elsewhere", after.PathProblems.Keys);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void A_bundle_that_never_was_good_is_not_held()
    {
        folder.Write(FileName, root.Pem[..200]);

        var mounted = Looked(MountedBundles.Empty);

        Assert.Empty(mounted.Held);
        Assert.Contains("cut short", mounted.Problems[Bundle], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P2")]
    public void Good_content_replaces_what_was_held_whole()
    {
        folder.Write(FileName, root.Pem + "\n" + other.Pem);
        var first = Looked(MountedBundles.Empty);
        folder.Write(FileName, other.Pem);

        var second = Looked(first);

        Assert.Equal(other.Subject, Assert.Single(second.Held[Bundle].Certificates).Subject);
    }

    [Fact]
    public void The_bundles_of_several_directories_are_one_set()
    {
        using var shard = new MountFolder();
        folder.Write(FileName, root.Pem);
        shard.Write("bank.corp.pem", other.Pem);
        shard.Write(FileName, root.Pem);

        var mounted = MountedBundles.Empty.After(MountReader.Read([folder.Path, shard.Path]));

        Assert.Equal([new ResourceKey("bank", "corp"), Bundle], mounted.Held.Keys);
        Assert.All(mounted.Held.Values, bundle => Assert.Null(bundle.Problem));
    }

    [Fact]
    public void Two_different_files_of_one_bundle_change_nothing_until_they_agree()
    {
        using var shard = new MountFolder();
        folder.Write(FileName, root.Pem);
        var first = Looked(MountedBundles.Empty);
        shard.Write(FileName, root.Pem + "\n" + other.Pem);

        var torn = first.After(MountReader.Read([folder.Path, shard.Path]));
        folder.Delete(FileName);
        var moved = torn.After(MountReader.Read([folder.Path, shard.Path]));

        Assert.Contains("differ", torn.Held[Bundle].Problem, StringComparison.Ordinal);
        Assert.Single(torn.Held[Bundle].Certificates);
        Assert.Equal(2, moved.Held[Bundle].Certificates.Length);
    }

    [Fact]
    public void Other_files_are_left_alone_and_misnamed_bundles_are_named()
    {
        folder.Write("README.md", "hello");
        folder.Write(".shop.corp.pem", root.Pem);
        var stray = folder.Write("corp.pem", root.Pem);

        var mounted = Looked(MountedBundles.Empty);

        Assert.Empty(mounted.Held);
        Assert.Contains("shop.corp-root.pem", Assert.Single(mounted.PathProblems, problem => problem.Key == stray).Value, StringComparison.Ordinal);
        Assert.Single(mounted.PathProblems);
    }

    private MountedBundles Looked(MountedBundles before) => before.After(MountReader.Read([folder.Path]));
}
