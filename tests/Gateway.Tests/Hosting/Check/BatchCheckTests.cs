using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Check;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Check;

public sealed class BatchCheckTests : IDisposable
{
    private readonly TestAuthority root = TestAuthority.CreateRoot("Corp Root");
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task A_question_is_answered_yes_or_no_with_a_reason()
    {
        var answers = await AskAsync(Question("shop.test"), Question("other.test"));

        Assert.Equal("""{"accept":true,"reason":null}""", answers[0]);
        Assert.StartsWith("""{"accept":false,"reason":"PC2005 HostnameMismatch: """, answers[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_intermediate_helps_and_only_trusted_certificates_anchor()
    {
        using var issuing = root.CreateIntermediate("Corp Issuing CA");
        using var leaf = issuing.Issue("shop.test");
        var question = Question("shop.test", leaf.ExportCertificatePem());
        question["intermediates"] = new JsonArray(issuing.Pem);
        var anchored = Question("shop.test", leaf.ExportCertificatePem());
        anchored["trusted"] = new JsonArray(issuing.Pem);
        anchored["intermediates"] = new JsonArray(root.Pem);

        var answers = await AskAsync(question, anchored);

        Assert.True(Accepts(answers[0]));
        Assert.False(Accepts(answers[1]));
    }

    [Fact]
    public async Task An_address_is_asked_for_as_such()
    {
        using var leaf = root.Issue(CertificateRecipe.ForServer("10.0.0.7").WithIp("10.0.0.7"));
        var asAddress = Question("10.0.0.7", leaf.ExportCertificatePem());
        asAddress["nameKind"] = "ip";
        var asName = Question("10.0.0.7", leaf.ExportCertificatePem());

        var answers = await AskAsync(asAddress, asName);

        Assert.True(Accepts(answers[0]));
        Assert.False(Accepts(answers[1]));
    }

    [Fact]
    public async Task A_null_name_asks_about_the_chain_alone()
    {
        var question = Question("other.test");
        question["nameKind"] = null;
        question["name"] = null;

        Assert.True(Accepts(Assert.Single(await AskAsync(question))));
    }

    [Fact]
    public async Task The_moment_is_the_one_given_or_now()
    {
        using var leaf = root.Issue(CertificateRecipe.ForServer("shop.test") with { NotAfter = time.GetUtcNow().AddDays(-1) });
        var now = Question("shop.test", leaf.ExportCertificatePem());
        var then = Question("shop.test", leaf.ExportCertificatePem());
        then["at"] = "2026-05-01T12:00:00.000+02:00";

        var answers = await AskAsync(now, then);

        Assert.Contains("CertificateExpired", answers[0], StringComparison.Ordinal);
        Assert.True(Accepts(answers[1]));
    }

    [Fact]
    public async Task A_half_given_name_is_no_question()
    {
        var kindOnly = Question("shop.test");
        kindOnly["name"] = null;
        var nameOnly = Question("shop.test");
        nameOnly["nameKind"] = null;
        var unknownKind = Question("shop.test");
        unknownKind["nameKind"] = "DNS";
        var without = Question("shop.test");
        without.Remove("name");
        without.Remove("nameKind");

        var answers = await AskAsync(kindOnly, nameOnly, unknownKind, without);

        Assert.All(answers, answer => Assert.StartsWith("""{"accept":false,"reason":"Malformed""", answer, StringComparison.Ordinal));
        Assert.Equal(4, answers.Length);
    }

    [Fact]
    public async Task Every_line_gets_an_answer_and_a_good_one_still_works_after_all_of_them()
    {
        var good = Question("shop.test");
        var bytes = Encoding.UTF8.GetBytes(good.ToJsonString());
        byte[][] lines =
        [
            [], " "u8.ToArray(), "null"u8.ToArray(), "{}"u8.ToArray(), "[]"u8.ToArray(), "1"u8.ToArray(), "\""u8.ToArray(), [0xFF, 0xFE, 0x00], [0xC3, 0x28],
            [.. bytes, .. bytes], [.. bytes, (byte)'x'], bytes[..^1], [0xEF, 0xBB, 0xBF, .. bytes],
            Encoding.UTF8.GetBytes(new string('[', 100_000)),
            Encoding.UTF8.GetBytes($$"""{"trusted":{{new string('[', 5000)}}"""),
            .. Broken("leaf", null, 1, "", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----", root.Pem + root.Pem, root.Key.ExportPem()),
            .. Broken("trusted", null, 1, "x"),
            .. Broken("at", 1, "yesterday", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
            .. Broken("name", 1, "", ".", "*", "a..b", new string('a', 70_000), "\0", "\uD800x"),
            Encoding.UTF8.GetBytes(good.ToJsonString().Replace("\"name\":", "\"name\":\"shop.test\",\"name\":", StringComparison.Ordinal)),
            bytes,
        ];

        var answers = await AskAsync(lines);

        Assert.Equal(lines.Length, answers.Length);
        Assert.All(answers[..^1], answer => Assert.False(Accepts(answer), answer));
        Assert.True(Accepts(answers[^1]));
    }

    [Fact]
    public async Task A_line_without_an_end_is_answered_and_not_kept()
    {
        var endless = new byte[BatchCheck.LongestLine + (1024 * 1024)];
        Array.Fill(endless, (byte)'x');

        var answers = await AskAsync([endless, Encoding.UTF8.GetBytes(Question("shop.test").ToJsonString())]);

        Assert.Contains("longer than", answers[0], StringComparison.Ordinal);
        Assert.True(Accepts(answers[1]));
    }

    [Fact]
    public async Task The_last_line_needs_no_end_and_lines_may_end_as_on_Windows()
    {
        var question = Question("shop.test").ToJsonString();
        using var questions = new MemoryStream(Encoding.UTF8.GetBytes($"{question}\r\n{question}"));
        using var answers = new MemoryStream();

        await BatchCheck.RunAsync(questions, answers, time, TestContext.Current.CancellationToken);

        Assert.Equal(2, Lines(answers).Count(Accepts));
    }

    [Fact]
    public async Task Nothing_asked_nothing_answered() => Assert.Empty(await AskAsync(Array.Empty<byte[]>()));

    private static bool Accepts(string answer) => JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("accept").GetBoolean();

    private static string[] Lines(MemoryStream answers) => Encoding.UTF8.GetString(answers.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<byte[]> Broken(string member, params JsonNode?[] values) => values.Select(value =>
    {
        var question = Question("shop.test");
        question[member] = value;
        return Encoding.UTF8.GetBytes(question.ToJsonString());
    });

    private JsonObject Question(string name, string? leaf = null) => new()
    {
        ["trusted"] = new JsonArray(root.Pem),
        ["intermediates"] = new JsonArray(),
        ["leaf"] = leaf ?? root.Issue("shop.test").ExportCertificatePem(),
        ["nameKind"] = "dns",
        ["name"] = name,
        ["at"] = null,
    };

    private Task<string[]> AskAsync(params JsonObject[] questions) => AskAsync([.. questions.Select(question => Encoding.UTF8.GetBytes(question.ToJsonString()))]);

    private async Task<string[]> AskAsync(byte[][] lines)
    {
        using var questions = new MemoryStream([.. lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])]);
        using var answers = new MemoryStream();

        await BatchCheck.RunAsync(questions, answers, time, TestContext.Current.CancellationToken);

        return Lines(answers);
    }
}
