using Portcullis.Contract;
using Portcullis.Gateway.Mounts;

namespace Portcullis.Gateway.Tests.Mounts;

public sealed class BundleFileNameTests
{
    [Theory]
    [InlineData("shop.corp-root.pem", "shop", "corp-root")]
    [InlineData("shop.corp.root.v2.pem", "shop", "corp.root.v2")]
    [InlineData("a.b.pem", "a", "b")]
    [InlineData("shop.pem.pem", "shop", "pem")]
    public void The_first_dot_ends_the_namespace(string fileName, string expectedNamespace, string expectedName)
    {
        Assert.True(BundleFileName.TryParse(fileName, out var bundle));
        Assert.Equal(new ResourceKey(expectedNamespace, expectedName), bundle);
    }

    [Theory]
    [InlineData("corp-root.pem")]
    [InlineData(".shop.corp-root.pem")]
    [InlineData("shop..pem")]
    [InlineData("shop.corp-root.PEM")]
    [InlineData("Shop.corp-root.pem")]
    [InlineData("shop.corp_root.pem")]
    [InlineData("shop.-root.pem")]
    [InlineData("shop.root-.pem")]
    [InlineData("shop.root.pem\n")]
    [InlineData("shop.root.crt")]
    public void Any_other_name_is_no_bundle(string fileName)
    {
        Assert.False(BundleFileName.TryParse(fileName, out _));
    }

    [Fact]
    public void A_name_longer_than_a_resource_may_have_is_no_bundle()
    {
        var longest = new string('n', 63);

        Assert.True(BundleFileName.TryParse($"{longest}.{longest}.pem", out _));
        Assert.False(BundleFileName.TryParse($"{longest}n.root.pem", out _));
        Assert.False(BundleFileName.TryParse($"shop.{longest}n.pem", out _));
    }
}
