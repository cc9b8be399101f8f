using System.Collections.Immutable;
using System.Net;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

[Trait("Promise", "P10")]
public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("::ffff:0:7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::7f00:1")]
    [InlineData("64:ff9b:1:7f00:0:100::")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::a9fe:a9fe")]
    [InlineData("::ffff:0.0.0.0")]
    public void A_forbidden_address_is_recognised_in_every_form(string address)
    {
        Assert.NotNull(AddressPolicy.Allowing([]).Forbids(IPAddress.Parse(address), 443));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.100.100.201")]
    [InlineData("168.63.129.17")]
    [InlineData("8.8.8.8")]
    [InlineData("2001:db8::1")]
    [InlineData("fd00::1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b:2::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fec0::1")]
    public void An_ordinary_address_may_be_dialed(string address)
    {
        Assert.Null(AddressPolicy.Allowing([]).Forbids(IPAddress.Parse(address), 443));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::1", false)]
    [InlineData("169.254.169.254", false)]
    public void An_allowed_network_allows_itself_and_nothing_else(string address, bool allowed)
    {
        var policy = AddressPolicy.Allowing([IPNetwork.Parse("127.0.0.0/8")]);

        Assert.Equal(allowed, policy.Forbids(IPAddress.Parse(address), 443) is null);
    }

    [Theory]
    [InlineData("127.0.0.1", 6443, false)]
    [InlineData("::ffff:127.0.0.1", 6443, false)]
    [InlineData("127.0.0.1", 6444, true)]
    [InlineData("2001:db8::1", 443, false)]
    [InlineData("2001:db8::1", 444, true)]
    [InlineData("64:ff9b::a60:1", 443, false)]
    [InlineData("10.96.0.1", 443, false)]
    public void A_forbidden_endpoint_stays_forbidden_in_an_allowed_network(string address, int port, bool allowed)
    {
        var policy = Forbidding("127.0.0.1:6443", "[2001:db8::1]:443", "10.96.0.1:443");

        Assert.Equal(allowed, policy.Forbids(IPAddress.Parse(address), port) is null);
    }

    [Theory]
    [InlineData("10.96.0.1")]
    [InlineData("kubernetes.default:443")]
    [InlineData("10.96.0.1:0")]
    [InlineData("")]
    public void A_malformed_forbidden_endpoint_refuses_the_whole_list(string endpoint)
    {
        var understood = AddressPolicy.Allowing([]).TryForbid(["10.0.0.1:443", endpoint], out _, out var malformed);

        Assert.False(understood);
        Assert.Equal(endpoint, malformed);
    }

    [Fact]
    public void The_reason_names_the_hidden_address()
    {
        Assert.Equal("::ffff:169.254.169.254 (169.254.169.254) is a cloud metadata address", AddressPolicy.Allowing([]).Forbids(IPAddress.Parse("::ffff:169.254.169.254"), 80));
    }

    private static AddressPolicy Forbidding(params string[] endpoints)
    {
        ImmutableArray<IPNetwork> networks = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.96.0.0/16")];
        Assert.True(AddressPolicy.Allowing(networks).TryForbid([.. endpoints], out var policy, out _));

        return policy;
    }
}
