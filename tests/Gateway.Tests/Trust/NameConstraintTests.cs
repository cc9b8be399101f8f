using System.Formats.Asn1;
using Portcullis.Contract;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Tests.Trust;

public sealed class NameConstraintTests
{
    [Theory]
    [InlineData("corp.test", "corp.test", true)]
    [InlineData("corp.test", "CORP.test", true)]
    [InlineData("corp.test", "a.Corp.Test", true)]
    [InlineData("corp.test", "a.b.corp.test.", true)]
    [InlineData("corp.test", "xcorp.test", false)]
    [InlineData("corp.test", "test", false)]
    [InlineData("", "anything.test", true)]
    public void A_DNS_constraint_covers_its_name_and_all_below(string constraint, string name, bool covered) =>
        Assert.Equal(covered, NameConstraint.OfDns(constraint).Covers(new SubjectName(SubjectNameKind.Dns, name)));

    [Theory]
    [InlineData("corp.test", "spiffe://corp.test/a", true)]
    [InlineData("corp.test", "https://CORP.test:8443/a", true)]
    [InlineData("corp.test", "spiffe://a.corp.test/a", false)]
    [InlineData(".corp.test", "spiffe://a.corp.test/a", true)]
    [InlineData(".corp.test", "spiffe://corp.test/a", false)]
    public void A_URI_constraint_covers_a_host_or_all_below(string constraint, string uri, bool covered) =>
        Assert.Equal(covered, NameConstraint.OfUri(constraint).Covers(new SubjectName(SubjectNameKind.Uri, uri)));

    [Theory]
    [InlineData("urn:shop")]
    [InlineData("not a uri")]
    [InlineData("file:///etc")]
    public void A_URI_without_a_host_cannot_be_held_against_a_constraint(string uri) =>
        Assert.Throws<AsnContentException>(() => NameConstraint.OfUri("corp.test").Covers(new SubjectName(SubjectNameKind.Uri, uri)));

    [Theory]
    [InlineData("10.0.0.0 255.0.0.0", "10.255.0.1", true)]
    [InlineData("10.1.2.3 255.0.0.0", "10.255.0.1", true)]
    [InlineData("10.0.0.0 255.0.0.0", "11.0.0.1", false)]
    [InlineData("10.0.0.7 255.255.255.255", "10.0.0.7", true)]
    [InlineData("10.0.0.7 255.255.255.255", "10.0.0.6", false)]
    [InlineData("10.0.0.128 255.255.255.128", "10.0.0.129", true)]
    [InlineData("10.0.0.128 255.255.255.128", "10.0.0.127", false)]
    [InlineData("0.0.0.0 0.0.0.0", "192.0.2.1", true)]
    [InlineData("10.0.0.0 255.0.0.0", "fd00::1", false)]
    public void A_network_covers_its_addresses(string network, string address, bool covered)
    {
        byte[] octets = [.. network.Split(' ').SelectMany(part => System.Net.IPAddress.Parse(part).GetAddressBytes())];

        Assert.Equal(covered, NameConstraint.OfNetwork(octets).Covers(new SubjectName(SubjectNameKind.Ip, address)));
    }

    [Fact]
    public void A_constraint_says_nothing_of_names_of_another_kind()
    {
        Assert.False(NameConstraint.OfDns("corp.test").Covers(new SubjectName(SubjectNameKind.Uri, "corp.test")));
        Assert.False(NameConstraint.OfUri("corp.test").Covers(new SubjectName(SubjectNameKind.Dns, "corp.test")));
    }

    [Theory]
    [InlineData(".corp.test")]
    [InlineData("*.corp.test")]
    [InlineData("corp test")]
    [InlineData("corp.test\0")]
    public void A_DNS_constraint_that_is_no_name_is_malformed(string constraint) =>
        Assert.Throws<AsnContentException>(() => NameConstraint.OfDns(constraint));

    [Fact]
    public void A_URI_constraint_that_is_no_host_is_malformed() => Assert.Throws<AsnContentException>(() => NameConstraint.OfUri("https://corp.test"));

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(31)]
    public void A_network_of_another_length_is_malformed(int length) => Assert.Throws<AsnContentException>(() => NameConstraint.OfNetwork(new byte[length]));

    [Fact]
    public void A_mask_with_a_gap_is_malformed() =>
        Assert.Throws<AsnContentException>(() => NameConstraint.OfNetwork([10, 0, 0, 0, 0xFF, 0x00, 0xFF, 0x00]));

    [Fact]
    public void What_is_broken_is_said_in_words()
    {
        var constraints = new NameConstraints
        {
            Permitted = [NameConstraint.OfDns("corp.test"), NameConstraint.OfNetwork([10, 0, 0, 0, 255, 0, 0, 0])],
            Excluded = [NameConstraint.OfDns("pay.corp.test")],
        };

        Assert.Null(constraints.BrokenBy(new SubjectName(SubjectNameKind.Dns, "shop.corp.test")));
        Assert.Equal("excludes DNS:pay.corp.test", constraints.BrokenBy(new SubjectName(SubjectNameKind.Dns, "pay.corp.test")));
        Assert.Equal("permits only DNS:corp.test", constraints.BrokenBy(new SubjectName(SubjectNameKind.Dns, "shop.test")));
        Assert.Equal("permits only IP:10.0.0.0/8", constraints.BrokenBy(new SubjectName(SubjectNameKind.Ip, "11.0.0.1")));
        Assert.Null(constraints.BrokenBy(new SubjectName(SubjectNameKind.Uri, "spiffe://other.test/")));
    }
}
