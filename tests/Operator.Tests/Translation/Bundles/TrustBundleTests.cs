using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation.Bundles;

public sealed class TrustBundleTests
{
    [Fact]
    public void The_same_certificates_give_the_same_bytes_whatever_their_order_and_frame()
    {
        using var one = TestAuthority.CreateRoot("One");
        using var two = TestAuthority.CreateRoot("Two");
        using var issuing = one.CreateIntermediate("Issuing");

        var straight = Translated(Bundle(TestPem.Certificates(one.Certificate, two.Certificate, issuing.Certificate)));
        var mixed = Translated(Bundle(
            issuing.Pem.ReplaceLineEndings("\r\n"),
            "# two\n" + two.Pem + "\n" + two.Pem,
            TestPem.Certificates(one.Certificate, two.Certificate)));

        Assert.Equal(straight.Published!.Pem, mixed.Published!.Pem);
        Assert.Equal(straight.Published.Digest, Digest.Of(Encoding.UTF8.GetBytes(mixed.Published.Pem)));
    }

    [Fact]
    public void Anchors_come_first_and_each_group_is_ordered_by_fingerprint()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var authorities = Enumerable.Range(0, 6)
            .Select(index => index % 2 == 0 ? TestAuthority.CreateRoot($"Root {index}") : root.CreateIntermediate($"Issuing {index}"))
            .ToImmutableArray();

        var published = Translated(Bundle(TestPem.Certificates([.. authorities.Select(authority => authority.Certificate)]))).Published!;

        var read = new X509Certificate2Collection();
        read.ImportFromPem(published.Pem);
        var anchors = authorities.Where((_, index) => index % 2 == 0).Select(authority => authority.Fingerprint).Order();
        var intermediates = authorities.Where((_, index) => index % 2 == 1).Select(authority => authority.Fingerprint).Order();
        Assert.Equal([.. anchors, .. intermediates], read.Select(certificate => Digest.Of(certificate.RawData)));
        Assert.Equal(anchors, published.Anchors);
    }

    [Fact]
    public void A_compiled_bundle_of_more_than_256_KiB_is_refused_and_the_last_good_one_stays()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var before = Translate(Bundle(root.Pem), previous: null);

        var after = Translate(Bundle(root.Pem, Many(500)), before);

        Assert.Equal(ProblemReason.TooLarge, Assert.Single(after.TrustBundles[Corp].Problems).Reason);
        Assert.Equal(before.Publication.Bundles[0].Digest, Assert.Single(after.Publication.Bundles).Digest);
        Assert.Empty(Translate(Bundle(Many(500)), previous: null).Publication.Bundles);
    }

    [Fact]
    public void A_union_that_would_be_too_large_is_skipped_so_that_the_removal_does_not_wait_for_room()
    {
        var before = Translate(Bundle(Many(300)), previous: null);

        var after = Translate(Bundle(Many(300)), before);

        Assert.Equal(300, after.TrustBundles[Corp].Pushed.Length);
        Assert.Empty(after.TrustBundles[Corp].Pushed.Intersect(before.TrustBundles[Corp].Pushed));
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void An_anchor_the_status_had_no_room_for_stays_as_long_as_any_source_is_broken()
    {
        var bundle = Bundle(Many(70), "replaced below");
        using var other = TestAuthority.CreateRoot("Other");
        bundle = bundle with { Spec = bundle.Spec with { Sources = [bundle.Spec.Sources[0], bundle.Spec.Sources[1] with { Inline = other.Pem }] } };
        var before = Translate(bundle, previous: null);
        bundle.Status = ConditionComposer.Compose(Snapshot(bundle), before, FleetState.Empty, Now).OfType<ResourceStatus.OfBundle>().Single().Status;
        var published = ImmutableSortedDictionary<ResourceKey, string>.Empty.Add(Corp, before.Publication.Bundles[0].Pem);
        Assert.Equal(64, bundle.Status.Certificates.Length);

        // The operator starts anew and finds the first source broken.
        var broken = bundle with { Spec = bundle.Spec with { Sources = [bundle.Spec.Sources[0] with { Inline = "broken" }, bundle.Spec.Sources[1]] } };
        var after = Translator.Translate(Snapshot(broken) with { PublishedBundles = published }, FleetState.Empty, null, new TranslationOptions(), Now);

        Assert.Equal(before.Publication.Bundles[0].Digest, Assert.Single(after.Publication.Bundles).Digest);
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void A_bundle_that_was_deleted_and_made_again_inherits_nothing_that_still_lies_about()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var bundle = Bundle(root.Pem);
        var before = Translate(bundle, previous: null);
        var status = ConditionComposer.Compose(Snapshot(bundle), before, FleetState.Empty, Now).OfType<ResourceStatus.OfBundle>().Single().Status;
        var left = ImmutableSortedDictionary<ResourceKey, string>.Empty.Add(Corp, before.Publication.Bundles[0].Pem);
        var without = Translator.Translate(ResourceSnapshot.Empty with { PublishedBundles = left }, FleetState.Empty, before, new TranslationOptions(), Now);

        var again = Bundle("broken") with { Status = status };
        var after = Translator.Translate(Snapshot(again) with { PublishedBundles = left }, FleetState.Empty, without, new TranslationOptions(), Now);

        Assert.Empty(after.Publication.Bundles);
    }

    [Fact]
    public void The_result_says_when_time_alone_will_change_it()
    {
        var end = Now.AddDays(30);
        using var shortLived = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Short") with { NotAfter = end });
        using var root = TestAuthority.CreateRoot("Root");

        var before = Translate(Bundle(shortLived.Pem, root.Pem), previous: null);
        var after = Translator.Translate(
            Snapshot(Bundle(shortLived.Pem, root.Pem)),
            FleetState.Empty,
            before,
            new TranslationOptions(),
            before.TranslateAgainAt!.Value);

        Assert.Equal(end.AddSeconds(1), before.TranslateAgainAt);
        Assert.Equal(2, before.TrustBundles[Corp].Pushed.Length);
        Assert.Equal(root.Fingerprint, Assert.Single(after.TrustBundles[Corp].Pushed));
    }

    [Fact]
    [Trait("Promise", "P4")]
    public void The_result_says_when_the_patience_of_a_rollout_ends()
    {
        using var old = TestAuthority.CreateRoot("Old");
        using var next = TestAuthority.CreateRoot("Next");
        var before = Translate(Bundle(old.Pem), previous: null);

        var during = Translate(Bundle(next.Pem), before);
        var after = Translator.Translate(Snapshot(Bundle(next.Pem)), FleetState.Empty, during, new TranslationOptions(), during.TranslateAgainAt!.Value);

        Assert.Equal(Now.AddMinutes(2), during.TranslateAgainAt);
        Assert.Equal(2, during.TrustBundles[Corp].Pushed.Length);
        Assert.Equal(next.Fingerprint, Assert.Single(after.TrustBundles[Corp].Pushed));
    }

    private static TranslatedBundle Translated(TrustBundle bundle) => Translate(bundle, previous: null).TrustBundles[Corp];

    private static TranslationResult Translate(TrustBundle bundle, TranslationResult? previous) =>
        Translator.Translate(Snapshot(bundle), FleetState.Empty, previous, new TranslationOptions(), Now);

    /// <summary>Roots that share one key: many keys would take long and prove nothing more.</summary>
    private static string Many(int count)
    {
        using var key = TestKey.Create(KeyKind.EcP256);
        var text = new StringBuilder();

        for (var index = 0; index < count; index++)
        {
            using var root = TestAuthority.SelfSigned(CertificateRecipe.ForAuthority($"Root {index} {new string('x', 60)}") with { Key = key });
            text.Append(root.ExportCertificatePem()).Append('\n');
        }

        return text.ToString();
    }
}
