using System.Runtime.Versioning;
using Portcullis.Contract;
using Portcullis.Operator.Hosting;
using Portcullis.TestKit.Processes;

namespace Portcullis.Operator.Tests.Hosting;

[UnsupportedOSPlatform("windows")]
[Trait("Promise", "P9")]
public sealed class SessionKeyFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string File => Path.Combine(folder.Path, "session.key");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_key_stays_the_same_over_starts_and_only_its_owner_can_read_it()
    {
        var first = SessionKeyFile.Open(folder.Path);

        Assert.True(SessionKeyFile.Open(folder.Path).IsSameAs(first));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void Deleting_the_file_leads_to_another_key()
    {
        var first = SessionKeyFile.Open(folder.Path);
        System.IO.File.Delete(File);

        Assert.False(SessionKeyFile.Open(folder.Path).IsSameAs(first));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("a text that must not be repeated")]
    public void What_is_no_key_is_refused_without_repeating_it(string content)
    {
        OwnerOnlyFile.Write(File, content);

        var refusal = Assert.Throws<InvalidDataException>(() => SessionKeyFile.Open(folder.Path));

        Assert.Contains($"'{File}' holds no key of 32 bytes. Delete it", refusal.Message, StringComparison.Ordinal);
        Assert.True(content.Length == 0 || !refusal.Message.Contains(content, StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_that_others_can_read_is_no_secret_any_more()
    {
        SessionKeyFile.Open(folder.Path);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Contains("can be read or changed by others", Assert.Throws<InvalidDataException>(() => SessionKeyFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_has_no_text_of_its_own()
    {
        var key = SessionKeyFile.Open(folder.Path);

        Assert.Equal("(not shown)", $"{key}");
    }
}
