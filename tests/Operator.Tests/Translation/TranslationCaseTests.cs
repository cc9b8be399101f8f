using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using k8s.Models;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>
/// Each folder under Cases is a sentence and its proof: <c>input.yaml</c> in, <c>configuration.yaml</c> and <c>status.yaml</c> out. Files named
/// <c>before*.yaml</c> are turns that came earlier, in the order of their names. <c>UPDATE_GOLDEN=1</c> rewrites what is expected.
/// </summary>
public sealed class TranslationCaseTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder()).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_cases() => Assert.True(Cases.Count >= 35);

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Promise", "P3")]
    [Trait("Promise", "P6")]
    [Trait("Promise", "P8")]
    public void The_case_holds(string sentence)
    {
        var turn = Turn(sentence);

        Expect(sentence, "configuration.yaml", turn.Configuration());
        Expect(sentence, "status.yaml", turn.Status());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_order_of_documents_and_endpoints_changes_nothing(string sentence)
    {
        var expected = Turn(sentence);

        for (var seed = 1; seed <= 3; seed++)
        {
            var shuffled = Turn(sentence, input => input.Shuffled(seed), snapshot => Reversed(snapshot));

            Assert.Equal(expected.Configuration(), shuffled.Configuration());
            Assert.Equal(expected.Status(), shuffled.Status());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Translating_again_changes_nothing(string sentence)
    {
        var turn = Turn(sentence);
        var situation = Inputs(sentence)[^1].Situation;

        var same = Translator.Translate(turn.Snapshot, turn.Fleet, turn.Previous, situation.Options, situation.Now);
        var next = Translator.Translate(turn.Snapshot, turn.Fleet, turn.Result, situation.Options, situation.Now);

        Assert.Equal(Revisions(turn.Result), Revisions(same));
        Assert.Equal(Revisions(turn.Result), Revisions(next));
        Assert.Equal(turn.Result.Publication.Bundles.Select(bundle => bundle.Digest), next.Publication.Bundles.Select(bundle => bundle.Digest));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Statuses_are_what_kstatus_can_read(string sentence)
    {
        var turn = Turn(sentence);

        foreach (var status in turn.Statuses)
        {
            var (conditions, observed, declared) = status switch
            {
                ResourceStatus.OfRoute route => (
                    route.Status.Conditions,
                    route.Status.ObservedGeneration,
                    turn.Snapshot.BackendRoutes[route.Key].Metadata.Generation ?? 0),
                ResourceStatus.OfBundle bundle => (
                    bundle.Status.Conditions,
                    bundle.Status.ObservedGeneration,
                    turn.Snapshot.TrustBundles[bundle.Key].Metadata.Generation ?? 0),
                _ => throw new InvalidOperationException(),
            };

            Assert.Equal(declared, observed);
            Assert.All(conditions, condition => Assert.Equal(declared, condition.ObservedGeneration));
            Assert.Equal(conditions.Length, conditions.DistinctBy(condition => condition.Type).Count());

            var ready = Assert.Single(conditions, condition => condition.Type == "Ready");
            var abnormal = conditions.Where(condition => condition.Type is "Stalled" or "Reconciling").ToImmutableArray();
            Assert.True(
                ready.Status == "True" ? abnormal.IsEmpty : abnormal.Length <= 1,
                "Ready excludes Stalled and Reconciling, and these exclude each other.");
            Assert.All(abnormal, condition => Assert.Equal("True", condition.Status));
        }
    }

    private static CaseTurn Turn(string sentence, Func<CaseInput, CaseInput>? order = null, Func<ResourceSnapshot, ResourceSnapshot>? inner = null) =>
        Inputs(sentence).Select(input => order?.Invoke(input) ?? input).Aggregate(default(CaseTurn), (before, input) => CaseTurn.Of(input, before, inner))!;

    private static ImmutableArray<CaseInput> Inputs(string sentence)
    {
        var folder = Path.Combine(Folder(), sentence);
        var before = Directory.GetFiles(folder, "before*.yaml").Order(StringComparer.Ordinal);

        return [.. before.Append(Path.Combine(folder, "input.yaml")).Select(path => CaseInput.Read(File.ReadAllText(path)))];
    }

    private static ResourceSnapshot Reversed(ResourceSnapshot snapshot)
    {
        foreach (var slice in snapshot.EndpointSlices.Values)
        {
            slice.Endpoints = [.. slice.Endpoints.Reverse<V1Endpoint>()];
        }

        return snapshot;
    }

    private static IEnumerable<string> Revisions(TranslationResult result) =>
        result.Configurations.Values.Select(configuration => configuration.Revision.ToString());

    private static void Expect(string sentence, string file, string actual)
    {
        var path = Path.Combine(Folder(), sentence, file);

        if (Update)
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{sentence}/{file} does not exist. Run make golden and review what it wrote.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Cases");
}
