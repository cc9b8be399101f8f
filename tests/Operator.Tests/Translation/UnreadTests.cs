using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.TestKit.Pki;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>Objects that this operator cannot read, and those it never could: nothing that gateways hold of them is taken away.</summary>
public sealed class UnreadTests : IDisposable
{
    private static readonly ReadFault Fault = new(ReadFaultReason.Undecodable, "It is there, and makes no sense.");
    private readonly TestAuthority root = TestAuthority.CreateRoot("Root");

    public void Dispose() => root.Dispose();

    [Fact]
    [Trait("Promise", "P5")]
    [Trait("Promise", "P6")]
    public void A_route_that_was_never_read_is_kept_by_gateways_with_its_bundle_and_certificates()
    {
        var result = Translate(Declare(Outline));

        Assert.Equal(["orders.example.com"], Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Route(Orders))).Hostnames);
        Assert.IsType<BundleEntry>(result.Delivered(EntryKey.Bundle(Corp)));
        Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Certificate(new ResourceKey("shop", "caller"))));
        Assert.Equal(["orders.example.com"], Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Certificate(new ResourceKey("shop", "front")))).Hostnames);
        Assert.Contains(result.Routes[Orders].Problems, problem => problem.Reason == ProblemReason.UnsupportedValue && problem.Field == "spec.field" && problem.Message.StartsWith(Fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public void Its_hostname_falls_to_nobody_and_other_routes_are_untouched()
    {
        var stranger = new ResourceKey("zoo", "stranger");
        var neighbour = new ResourceKey("shop", "neighbour");
        var good = Route(new CaCertificateRef { Name = Corp.Name });
        var snapshot = Declare(Outline);
        var alone = Translate(With(Snapshot(Bundle(root.Pem)), neighbour, good, "neighbour.example.com"));

        var result = Translate(With(With(snapshot, stranger, good, "orders.example.com"), neighbour, good, "neighbour.example.com"));

        Assert.Contains(result.Routes[stranger].Problems, problem => problem.Reason == ProblemReason.HostnameConflicted);
        Assert.Null(result.Delivered(EntryKey.Route(stranger)));
        Assert.Equal(alone.Configurations["default"].Entries[EntryKey.Route(neighbour)], result.Configurations["default"].Entries[EntryKey.Route(neighbour)]);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public void A_route_of_which_not_even_the_hostnames_can_be_read_is_kept()
    {
        var result = Translate(Declare(route => Outline(route) with { Spec = Outline(route).Spec with { Hostnames = [] } }));

        Assert.Empty(Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Route(Orders))).Hostnames);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public void A_route_that_was_read_once_serves_on_and_says_that_its_newest_version_does_not()
    {
        var before = Translate(Snapshot(Bundle(root.Pem)));

        var after = Translate(Declare(route => route with { Unread = new Unread(Fault, "spec.field", StandIn.LastGood) }), before);

        Assert.Equal(before.Configurations["default"].Revision, after.Configurations["default"].Revision);
        Assert.Equal(ProblemReason.UnsupportedValue, Assert.Single(after.Routes[Orders].Problems).Reason);
    }

    [Fact]
    [Trait("Promise", "P2")]
    [Trait("Promise", "P3")]
    public void A_bundle_that_was_never_read_stays_as_it_was_published()
    {
        var good = Translate(Snapshot(Bundle(root.Pem)));
        var pem = good.TrustBundles[Corp].Published!.Pem;
        var status = Assert.IsType<ResourceStatus.OfBundle>(ConditionComposer.Compose(Snapshot(Bundle(root.Pem)), good, FleetState.Empty, Now).Last()).Status;
        var outline = new TrustBundle { Metadata = Meta(Corp), Spec = new TrustBundleSpec { Sources = [] }, Status = status, Unread = new Unread(Fault, "spec.field", StandIn.Outline) };

        var result = Translate(Snapshot(outline) with { PublishedBundles = ImmutableSortedDictionary<ResourceKey, string>.Empty.Add(Corp, pem) });

        Assert.Equal(good.Configurations["default"].Entries[EntryKey.Bundle(Corp)].Digest, result.Configurations["default"].Entries[EntryKey.Bundle(Corp)].Digest);
        Assert.Equal(pem, Assert.Single(result.Publication.Bundles).Pem);
        Assert.Empty(result.Routes[Orders].Problems);
        Assert.Equal((ProblemReason.UnsupportedValue, "spec.field"), Assert.Single(result.TrustBundles[Corp].Problems.Select(problem => (problem.Reason, problem.Field))));
    }

    [Fact]
    [Trait("Promise", "P2")]
    public void A_bundle_that_was_never_read_is_not_believed_what_no_status_vouches_for()
    {
        var pem = Translate(Snapshot(Bundle(root.Pem))).TrustBundles[Corp].Published!.Pem;
        var outline = new TrustBundle { Metadata = Meta(Corp), Spec = new TrustBundleSpec { Sources = [] }, Unread = new Unread(Fault, "", StandIn.Outline) };

        var result = Translate(Snapshot(outline) with { PublishedBundles = ImmutableSortedDictionary<ResourceKey, string>.Empty.Add(Corp, pem) });

        Assert.Equal(BundleState.Unknown, result.TrustBundles[Corp].State);
        Assert.Null(result.Delivered(EntryKey.Bundle(Corp)));
    }

    private static BackendRoute Outline(BackendRoute route) => route with
    {
        Unread = new Unread(Fault, "spec.field", StandIn.Outline),
        Spec = route.Spec with
        {
            Rules = [],
            Frontend = new Frontend { CertificateRef = new SecretRef { Name = "front" } },
            Backends =
            [
                new Backend
                {
                    Name = "orders",
                    Tls = new Tls
                    {
                        ClientCertificateRef = new SecretRef { Name = "caller" },
                        Validation = new Validation { CaCertificateRefs = [new CaCertificateRef { Name = Corp.Name }] },
                    },
                },
            ],
        },
    };

    private ResourceSnapshot Declare(Func<BackendRoute, BackendRoute> change)
    {
        var snapshot = Snapshot(Bundle(root.Pem));
        return snapshot with { BackendRoutes = snapshot.BackendRoutes.SetItem(Orders, change(snapshot.BackendRoutes[Orders])) };
    }

    private static ResourceSnapshot With(ResourceSnapshot snapshot, ResourceKey key, BackendRoute route, string hostname) => snapshot with
    {
        BackendRoutes = snapshot.BackendRoutes.Add(key, route with { Metadata = Meta(key), Spec = route.Spec with { Hostnames = [hostname] } }),
    };

    private static TranslationResult Translate(ResourceSnapshot snapshot, TranslationResult? previous = null) =>
        Translator.Translate(snapshot, FleetState.Empty, previous, new TranslationOptions(), Now);
}
