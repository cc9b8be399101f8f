using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Tests.Stores.Manifests.Validation;

public sealed class IpLiteralTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("FD00::12")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("64:ff9b::192.0.2.1")]
    public void An_address_is_one(string text) => Assert.True(IpLiteral.IsIp(text));

    [Theory]
    [InlineData("")]
    [InlineData("10.1.2")]
    [InlineData("10.1.2.3.4")]
    [InlineData("10.1.2.256")]
    [InlineData("10.1.2.03")]
    [InlineData("10.1.2.")]
    [InlineData("10.1.2. 3")]
    [InlineData("+1.1.1.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("١.1.1.1")]
    [InlineData("[::1]")]
    [InlineData("::1%lo")]
    [InlineData("::1/128")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("64:ff9b::192.0.2.01")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("12345::")]
    [InlineData("host")]
    public void Anything_else_is_not(string text) => Assert.False(IpLiteral.IsIp(text));
}
