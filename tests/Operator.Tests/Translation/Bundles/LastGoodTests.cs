using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation.Bundles;

/// <summary>A leader that ends between its two writes, of the status and of the publication, leaves two moments. Its successor finds every source broken.</summary>
public sealed class LastGoodTests : IDisposable
{
    private readonly TestAuthority first = TestAuthority.CreateRoot("First");
    private readonly TestAuthority second = TestAuthority.CreateRoot("Second");

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    [Trait("Promise", "P3")]
    [Trait("Promise", "P7")]
    public void When_the_publication_was_written_and_the_status_not_what_the_status_knows_stays() =>
        Assert.Equal(Anchors(first), AfterRestart(StatusOf(first), PemOf(first, second)));

    [Fact]
    [Trait("Promise", "P3")]
    [Trait("Promise", "P7")]
    public void When_the_status_was_written_and_the_publication_not_what_was_published_stays() =>
        Assert.Equal(Anchors(first), AfterRestart(StatusOf(first, second), PemOf(first)));

    [Fact]
    [Trait("Promise", "P2")]
    public void A_certificate_that_the_status_does_not_list_is_never_last_good() =>
        Assert.Empty(AfterRestart(StatusOf(first), PemOf(second)));

    [Fact]
    [Trait("Promise", "P2")]
    public void A_certificate_that_the_status_lists_as_ignored_is_never_last_good()
    {
        var status = StatusOf(first);
        var ignored = status with { Certificates = [.. status.Certificates.Select(row => row with { Role = "Ignored", Reason = "Expired" })] };

        Assert.Empty(AfterRestart(ignored, PemOf(first, second)));
    }

    private static TranslationResult Translated(params TestAuthority[] roots) =>
        Translator.Translate(Snapshot(Bundle([.. roots.Select(root => root.Pem)])), FleetState.Empty, null, new TranslationOptions(), Now);

    private static string PemOf(params TestAuthority[] roots) => Translated(roots).TrustBundles[Corp].Published!.Pem;

    private static ImmutableArray<Digest> Anchors(params TestAuthority[] roots) => Translated(roots).TrustBundles[Corp].Published!.Anchors;

    private static TrustBundleStatus StatusOf(params TestAuthority[] roots)
    {
        var snapshot = Snapshot(Bundle([.. roots.Select(root => root.Pem)]));

        return ConditionComposer.Compose(snapshot, Translated(roots), FleetState.Empty, Now).OfType<ResourceStatus.OfBundle>().Single().Status;
    }

    private static ImmutableArray<Digest> AfterRestart(TrustBundleStatus status, string published)
    {
        var bundle = Bundle("nothing that could be read", "nor this");
        bundle.Status = status;
        var snapshot = Snapshot(bundle) with { PublishedBundles = ImmutableSortedDictionary<ResourceKey, string>.Empty.Add(Corp, published) };

        return Translator.Translate(snapshot, FleetState.Empty, null, new TranslationOptions(), Now).TrustBundles[Corp].Published?.Anchors ?? [];
    }
}
