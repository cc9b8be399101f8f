using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

[Trait("Promise", "P2")]
public sealed class TrustSetTests
{
    private static readonly ResourceKey One = new("shop", "one");
    private static readonly ResourceKey Two = new("shop", "two");

    [Fact]
    public void A_certificate_anchors_when_it_is_mounted_and_listed()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");

        var trust = TrustSet.Of([(One, [root.Certificate], [root.Fingerprint])]);

        Assert.Equal([root.Certificate], trust.Anchors);
        Assert.Equal([One], trust.Bundles);
        Assert.False(trust.IsEmpty);
    }

    [Fact]
    public void Mounted_alone_is_not_enough()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");

        var trust = TrustSet.Of([(One, [root.Certificate], [])]);

        Assert.True(trust.IsEmpty);
        Assert.Equal([root.Certificate], trust.Unlisted);
    }

    [Fact]
    public void Listed_alone_is_not_enough()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");

        var trust = TrustSet.Of([(One, [], [root.Fingerprint])]);

        Assert.True(trust.IsEmpty);
    }

    [Fact]
    public void The_list_of_one_bundle_does_not_complete_the_mount_of_another()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");

        var trust = TrustSet.Of([(One, [root.Certificate], []), (Two, [], [root.Fingerprint])]);

        Assert.True(trust.IsEmpty);
        Assert.Equal([One, Two], trust.Bundles);
    }

    [Fact]
    public void What_one_bundle_removed_another_may_still_trust()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var same = X509CertificateLoader.LoadCertificate(root.Certificate.RawData);

        var trust = TrustSet.Of([(One, [root.Certificate], []), (Two, [same], [root.Fingerprint])]);

        Assert.Equal(root.Fingerprint, Digest.Of(Assert.Single(trust.Anchors).RawData));
        Assert.Empty(trust.Unlisted);
    }

    [Fact]
    public void The_same_certificate_of_two_bundles_counts_once()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var issuing = root.CreateIntermediate("Corp Issuing CA");

        var trust = TrustSet.Of([
            (One, [root.Certificate, issuing.Certificate], [root.Fingerprint]),
            (Two, [root.Certificate, issuing.Certificate], [root.Fingerprint])]);

        Assert.Single(trust.Anchors);
        Assert.Single(trust.Intermediates);
    }

    [Fact]
    public void Each_certificate_has_one_role()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var issuing = root.CreateIntermediate("Corp Issuing CA");
        using var leaf = issuing.Issue("shop.test");
        using var selfSigned = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test"));
        using var renewed = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Root"));

        var trust = TrustSet.OfAll(One, [root.Certificate, issuing.Certificate, leaf, selfSigned, renewed.Certificate]);

        Assert.Equal([root.Certificate, selfSigned], trust.Anchors);
        Assert.Equal([issuing.Certificate, renewed.Certificate], trust.Intermediates);
        Assert.Equal([leaf], trust.NotAnchors);
    }

    [Fact]
    public void Certificates_handed_in_by_hand_come_from_no_bundle()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var issuing = root.CreateIntermediate("Corp Issuing CA");
        using var leaf = issuing.Issue("shop.test");

        var trust = TrustSet.OfAll(bundle: null, [root.Certificate, issuing.Certificate, leaf]);

        Assert.Empty(trust.Bundles);
        Assert.Equal([root.Certificate], trust.Anchors);
        Assert.Equal([issuing.Certificate], trust.Intermediates);
        Assert.Equal([leaf], trust.NotAnchors);
        Assert.Empty(trust.Unlisted);
    }

    [Fact]
    public void A_root_that_names_its_issuers_key_but_not_its_own_is_an_anchor()
    {
        var issuersKey = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1, 2, 3]);
        using var root = TestAuthority.CreateRoot((CertificateRecipe.ForAuthority("Corp Root") with { WithoutKeyIdentifiers = true }).With(issuersKey));

        Assert.Equal(CertificateRole.Anchor, TrustSet.RoleOf(root.Certificate));
    }

    [Fact]
    public void The_empty_set_trusts_nothing()
    {
        Assert.True(TrustSet.Empty.IsEmpty);
        Assert.Empty(TrustSet.Of(ImmutableArray<(ResourceKey, ImmutableArray<X509Certificate2>, ImmutableHashSet<Digest>)>.Empty).Bundles);
    }
}
