using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Decoding;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Tests.Resources;

/// <summary>
/// Puts every object of the corpus to the validator. The same files can be put to an API server: <c>kubectl create --dry-run=server --validate=strict</c>
/// takes those in <c>accept</c> and refuses those in <c>reject</c> (kube-apiserver 1.36). Server-side apply alone refuses an explicit null where no default is.
/// </summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = Path.Combine(AppContext.BaseDirectory, "Resources", "Corpus");

    public static TheoryData<string> Accepted => [.. Names("accept")];

    public static TheoryData<string> Refused => [.. Names("reject")];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_good_object_is_taken(string name)
    {
        var reading = Decode(Text("accept", name));

        Assert.True(reading is DocumentReading.Good, reading is DocumentReading.Refused refused ? string.Join('\n', refused.Problems) : reading.ToString());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_bad_object_is_refused_at_its_field_with_what_to_do(string name)
    {
        var text = Text("reject", name);

        var refused = Assert.IsType<DocumentReading.Refused>(Decode(text));

        var (field, fragment) = (Expectation(text, "field"), Expectation(text, "message"));
        Assert.Contains(refused.Problems, problem => problem.Field == field && problem.Message.Contains(fragment, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_bad_object_is_bad_in_one_way_only(string name)
    {
        var text = Text("reject", name);

        // Else it would prove less than its name says: the other problem would refuse it as well.
        var fields = Assert.IsType<DocumentReading.Refused>(Decode(text)).Problems.Select(problem => problem.Field).Distinct();

        Assert.Single(fields);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_was_taken_is_taken_again_after_it_was_saved(string name)
    {
        var good = Assert.IsType<DocumentReading.Good>(Decode(Text("accept", name)));
        var saved = JsonSerializer.Serialize(good.Object, good.Object.GetType(), ResourceJson.Lenient);

        var again = Assert.IsType<DocumentReading.Good>(ManifestDecoder.Decode(JsonDocuments.Read(saved)[0]).Single());

        Assert.Equal(saved, JsonSerializer.Serialize(again.Object, again.Object.GetType(), ResourceJson.Lenient));
    }

    [Fact]
    public void Every_rule_is_obeyed_by_a_good_object_and_broken_by_a_bad_one()
    {
        var obeyed = Answers("accept").Where(answer => answer.Holds).Select(RuleName).ToHashSet();
        var broken = Answers("reject").Where(answer => !answer.Holds).Select(RuleName).ToHashSet();
        var rules = CustomResources.All.SelectMany(resource => Rules(resource.Kind, resource.Schema, FieldPath.Root)).ToList();

        Assert.NotEmpty(rules);
        Assert.Empty(rules.Except(obeyed));
        Assert.Empty(rules.Except(broken));
    }

    [Fact]
    public void No_refusal_repeats_a_private_key()
    {
        var refused = Assert.IsType<DocumentReading.Refused>(Decode(Text("reject", "private-key-inline")));

        Assert.DoesNotContain(refused.Problems, problem => problem.Message.Contains("MC4CAQAw", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(string kind) =>
        Directory.EnumerateFiles(Path.Combine(Corpus, kind), "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    private static string Text(string kind, string name) => File.ReadAllText(Path.Combine(Corpus, kind, $"{name}.yaml"));

    private static DocumentReading Decode(string text) => ManifestDecoder.Decode(YamlDocuments.Read(text).Single()).Single();

    private static string Expectation(string text, string what) =>
        text.Split('\n').First(line => line.StartsWith($"# {what}: ", StringComparison.Ordinal))[$"# {what}: ".Length..];

    private static IEnumerable<string> Rules(string kind, SchemaNode schema, string path) =>
    [
        .. schema.Rules.Select(rule => $"{kind} {path}: {rule.Expression}"),
        .. schema.Properties.SelectMany(property => Rules(kind, property.Value, FieldPath.Field(path, property.Key))),
        .. schema.Items is { } items ? Rules(kind, items, $"{path}[]") : [],
    ];

    private static string RuleName((string Kind, RuleAnswer Answer, bool Holds) answer) => $"{answer.Kind} {answer.Answer.SchemaPath}: {answer.Answer.Rule.Expression}";

    private static IEnumerable<(string Kind, RuleAnswer Answer, bool Holds)> Answers(string folder) =>
        from name in Names(folder)
        let root = (JsonObject)YamlDocuments.Read(Text(folder, name)).Single().Root!
        let kind = root["kind"]!.GetValue<string>()
        let schema = CustomResources.All.Single(resource => resource.Kind == kind).Schema
        where Structured(root, schema)
        from answer in RuleCheck.Evaluate(root, schema)
        select (kind, answer, answer.Holds);

    private static bool Structured(JsonObject root, SchemaNode schema)
    {
        SchemaDefaults.Fill(root, schema);
        return StructureCheck.Check(root, schema).All(problem => !problem.BlocksRules);
    }
}
