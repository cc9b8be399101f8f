using System.Runtime.Versioning;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Link;

namespace Portcullis.Gateway.Tests.Link;

[Trait("Promise", "P5")]
public sealed class SavedConfigurationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("portcullis-saved-").FullName;

    private string File => Path.Combine(folder, "configuration");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_was_saved_is_loaded_with_its_version_and_every_entry()
    {
        var saved = Versioned(7, 3, Entry("a", 10), Entry("b", 3_000_000));

        await new SavedConfiguration(File).SaveAsync(saved, TestContext.Current.CancellationToken);

        Assert.True(new SavedConfiguration(File).TryLoad(out var loaded, out var problem));
        Assert.Null(problem);
        Assert.Equal(saved.Version, loaded.Version);
        Assert.Equal(saved.Configuration.Revision, loaded.Configuration.Revision);
        Assert.Equal(saved.Configuration.Entries.Values, loaded.Configuration.Entries.Values);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_made()
    {
        var nested = Path.Combine(folder, "not", "there", "configuration");

        await new SavedConfiguration(nested).SaveAsync(Versioned(1, 1, Entry("a", 1)), TestContext.Current.CancellationToken);

        Assert.True(new SavedConfiguration(nested).TryLoad(out _, out _));
    }

    [Fact]
    public void A_gateway_that_never_saved_has_none_and_no_problem()
    {
        Assert.False(new SavedConfiguration(File).TryLoad(out _, out var problem));

        Assert.Null(problem);
    }

    [Fact]
    [Trait("Promise", "P9")]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_its_owner_can_read_it_whatever_was_there_before()
    {
        await System.IO.File.WriteAllTextAsync(File, "before", TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllTextAsync(File + ".new", "left by a crash", TestContext.Current.CancellationToken);
        System.IO.File.SetUnixFileMode(File + ".new", (UnixFileMode)0b110_110_110);

        await new SavedConfiguration(File).SaveAsync(Versioned(1, 1, Entry("a", 1)), TestContext.Current.CancellationToken);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Every_altered_byte_and_every_cut_refuses_it()
    {
        await new SavedConfiguration(File).SaveAsync(Versioned(7, 3, Entry("a", 10), Entry("b", 20)), TestContext.Current.CancellationToken);
        var good = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);

        for (var place = 0; place < good.Length; place++)
        {
            byte[] altered = [.. good];
            altered[place] ^= 1;
            AssertRefused(altered);
            AssertRefused(good[..place]);
        }
    }

    [Fact]
    public async Task A_refusal_names_what_is_wrong_and_not_what_is_inside()
    {
        await new SavedConfiguration(File).SaveAsync(Versioned(7, 3, Entry("a", 10)), TestContext.Current.CancellationToken);
        var altered = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        altered[^1] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File, altered, TestContext.Current.CancellationToken);

        Assert.False(new SavedConfiguration(File).TryLoad(out _, out var problem));

        Assert.Equal("its content does not have the digest it was saved with", problem);
    }

    private void AssertRefused(byte[] content)
    {
        System.IO.File.WriteAllBytes(File, content);

        Assert.False(new SavedConfiguration(File).TryLoad(out _, out var problem));
        Assert.NotNull(problem);
    }

    private static VersionedConfiguration Versioned(long epoch, long sequence, params ConfigurationEntry[] entries) =>
        new(new ConfigurationVersion(epoch, sequence), GatewayConfiguration.Of(entries));

    private static CertificateEntry Entry(string name, int size) =>
        new() { Certificate = new ResourceKey("shop", name), ChainPem = new string('x', size), PrivateKeyPem = "a key" };
}
