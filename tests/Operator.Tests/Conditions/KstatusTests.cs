using System.Collections.Immutable;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Tests.Translation;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Conditions;

/// <summary>Every state that can be composed, and what tools that wait for a resource make of it.</summary>
public sealed class KstatusTests
{
    // A row for every reason: a new one has to be decided on.
    private static readonly ImmutableDictionary<ProblemReason, string> Expected = new Dictionary<ProblemReason, string>
    {
        [ProblemReason.InvalidValue] = Kstatus.Failed,
        [ProblemReason.HostnameConflicted] = Kstatus.Failed,
        [ProblemReason.TrustBundleNotFound] = Kstatus.InProgress,
        [ProblemReason.KeyNotFound] = Kstatus.InProgress,
        [ProblemReason.SourceNotFound] = Kstatus.InProgress,
        [ProblemReason.InvalidPem] = Kstatus.Failed,
        [ProblemReason.PrivateKeyInSource] = Kstatus.Failed,
        [ProblemReason.NoValidCACertificate] = Kstatus.Failed,
        [ProblemReason.IntermediatesOnly] = Kstatus.Failed,
        [ProblemReason.TooLarge] = Kstatus.Failed,
        [ProblemReason.UnsupportedValue] = Kstatus.Failed,
        [ProblemReason.ReferenceNotPermitted] = Kstatus.InProgress,
        [ProblemReason.InvalidKind] = Kstatus.Failed,
        [ProblemReason.ServiceNotFound] = Kstatus.InProgress,
        [ProblemReason.ServicePortNotFound] = Kstatus.InProgress,
        [ProblemReason.GatewayNotDeclared] = Kstatus.InProgress,
        [ProblemReason.GatewayNotAllowed] = Kstatus.Failed,
        [ProblemReason.TrustBundleNotUsable] = Kstatus.InProgress,
        [ProblemReason.GatewayCertificateNotFound] = Kstatus.Failed,
        [ProblemReason.GatewayCertificateUnusable] = Kstatus.Failed,
        [ProblemReason.NoBackendTakesRequests] = Kstatus.Failed,
        [ProblemReason.ReferenceNotRead] = Kstatus.InProgress,
        [ProblemReason.ReferenceForbidden] = Kstatus.InProgress,
        [ProblemReason.ReferenceUnreadable] = Kstatus.InProgress,
        [ProblemReason.DomainNotAllowed] = Kstatus.Failed,
        [ProblemReason.ShardsFull] = Kstatus.InProgress,
        [ProblemReason.SessionKeyUnavailable] = Kstatus.InProgress,
        [ProblemReason.RouteCertificateNotFound] = Kstatus.InProgress,
        [ProblemReason.RouteCertificateUnusable] = Kstatus.Failed,
        [ProblemReason.ClientCertificateNotFound] = Kstatus.InProgress,
        [ProblemReason.ClientCertificateUnusable] = Kstatus.Failed,
    }.ToImmutableDictionary();

    private static readonly string Root = RootPem();

    public static TheoryData<ProblemReason> Reasons => [.. Enum.GetValues<ProblemReason>()];

    public static TheoryData<ReplicaWord, int?, string, string> Deliveries => new()
    {
        { ReplicaWord.Absent, null, "NoReplicas", Kstatus.InProgress },
        { ReplicaWord.Absent, 0, "NoReplicas", Kstatus.InProgress },
        { ReplicaWord.Absent, 2, "Pending", Kstatus.InProgress },
        { ReplicaWord.Silent, null, "Pending", Kstatus.InProgress },
        { ReplicaWord.Waits, null, "Pending", Kstatus.InProgress },
        { ReplicaWord.Refuses, null, "Rejected", Kstatus.InProgress },
        { ReplicaWord.Runs, 2, "Pending", Kstatus.InProgress },
        { ReplicaWord.Runs, null, "Ready", Kstatus.Current },
        { ReplicaWord.Runs, 1, "Ready", Kstatus.Current },
    };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_problem_fails_only_what_an_edit_heals(ProblemReason reason)
    {
        var problem = new Problem(reason, "spec", "Something is wrong. Correct it.");

        foreach (var word in Enum.GetValues<ReplicaWord>())
        {
            foreach (var status in Statuses(word, pods: null, problem))
            {
                Assert.Equal(Expected[reason], Kstatus.Of(1, status.Observed, status.Conditions));
                Assert.Equal(ProblemConditions.ReasonOf(problem), Ready(status.Conditions).Reason);
                Assert.Equal(Expected[reason] == Kstatus.Failed, status.Conditions.Any(condition => condition.Type == ConditionType.Stalled));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Deliveries))]
    public void What_gateways_say_is_current_only_when_all_of_them_run_it(ReplicaWord word, int? pods, string reason, string expected)
    {
        foreach (var status in Statuses(word, pods))
        {
            Assert.Equal(expected, Kstatus.Of(1, status.Observed, status.Conditions));
            Assert.Equal(reason, Ready(status.Conditions).Reason);
        }
    }

    [Fact]
    public void A_status_of_an_earlier_generation_is_in_progress()
    {
        Assert.All(Statuses(ReplicaWord.Runs, pods: null), status => Assert.Equal(Kstatus.InProgress, Kstatus.Of(2, status.Observed, status.Conditions)));
    }

    [Fact]
    public void Ready_repeats_the_first_condition_that_fails()
    {
        var problem = new Problem(ProblemReason.ServiceNotFound, "spec", "It is not there. Create it.");
        var conditions = Statuses(ReplicaWord.Absent, pods: null, problem)[0].Conditions;

        Assert.Equal("NoReplicas", conditions.Single(condition => condition.Type == ConditionType.Programmed).Reason);
        Assert.Equal("BackendNotFound", Ready(conditions).Reason);
    }

    private static string RootPem()
    {
        using var root = TestAuthority.CreateRoot("Root");
        return root.Pem;
    }

    private static Condition Ready(ImmutableArray<Condition> conditions) => conditions.Single(condition => condition.Type == ConditionType.Ready);

    /// <summary>Of a route and of its bundle.</summary>
    private static ImmutableArray<(long Observed, ImmutableArray<Condition> Conditions)> Statuses(ReplicaWord word, int? pods, Problem? problem = null)
    {
        var snapshot = Declared.Snapshot(Declared.Bundle(Root)) with
        {
            Pods = pods is not { } count ? ResourceSnapshot.Empty.Pods : ResourceSnapshot.Empty.Pods.Add("default", Enumerable.Range(0, count).ToImmutableSortedDictionary(index => $"pod-{index}", index => $"pod-{index}", StringComparer.Ordinal)),
        };
        var clean = Translator.Translate(snapshot, FleetState.Empty, null, new TranslationOptions(), Moments.Now);
        var translation = problem is null ? clean : clean with
        {
            Routes = clean.Routes.SetItem(Declared.Orders, clean.Routes[Declared.Orders] with { Problems = [problem] }),
            TrustBundles = clean.TrustBundles.SetItem(Declared.Corp, clean.TrustBundles[Declared.Corp] with { Problems = [problem] }),
        };
        var fleet = new FleetState(word == ReplicaWord.Absent ? [] : [Replica(word, clean)]);

        return
        [
            .. ConditionComposer.Compose(snapshot, translation, fleet, Moments.Now).Select(status => status switch
            {
                ResourceStatus.OfRoute route => (route.Status.ObservedGeneration, route.Status.Conditions),
                ResourceStatus.OfBundle bundle => (bundle.Status.ObservedGeneration, bundle.Status.Conditions),
                _ => throw new InvalidOperationException(),
            }),
        ];
    }

    private static GatewayState Replica(ReplicaWord word, TranslationResult translation)
    {
        ImmutableArray<EntryProblem> said = [new EntryProblem(EntryKey.Route(Declared.Orders), "so it is"), new EntryProblem(EntryKey.Bundle(Declared.Corp), "so it is")];

        return new GatewayState
        {
            Gateway = "default",
            PodName = "pod-0",
            PodUid = "pod-0",
            Applied = word == ReplicaWord.Silent ? null : new AppliedConfiguration
            {
                Epoch = 1,
                Sequence = 1,
                Revision = translation.Configurations["default"].Revision,
                Refused = word == ReplicaWord.Refuses ? said : [],
                Pending = word == ReplicaWord.Waits ? said : [],
            },
            Bundles = translation.Publication.Bundles.ToImmutableSortedDictionary(
                bundle => bundle.Key, bundle => new BundleReport { Bundle = bundle.Key, Mounted = bundle.Digest, AnchorsInForce = 1 }),
        };
    }
}
