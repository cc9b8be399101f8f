using Microsoft.AspNetCore.Http;
using Portcullis.Operator.Cluster;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Cluster;

/// <summary>What a reflector does with answers that no working API server gives, byte for byte.</summary>
public sealed class ReflectorTests : IDisposable
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);
    private readonly TestAuthority authority = TestAuthority.CreateRoot("cluster");
    private readonly SteppedTime time = new();
    private readonly RecordedObjects seen = new();
    private readonly Queue<RequestDelegate> script = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task A_list_is_told_as_one_step_and_the_watch_begins_at_its_version()
    {
        List("7", Item("a", 1), Item("b", 2));
        Watch(Event("MODIFIED", Item("a", 8)), Event("DELETED", Item("b", 9)));

        await using var running = await RunAsync();
        await ToldAsync("-b");

        Assert.Equal(["list: a=1, b=2", "watching", "a=8", "-b"], seen.Told.Entries);
        Assert.Equal("GET /api/v1/configmaps?limit=500", running.Api.Requests.Entries[0]);
        Assert.Matches(@"^GET /api/v1/configmaps\?watch=true&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=[3-6]\d\d$", running.Api.Requests.Entries[1]);
    }

    [Fact]
    public async Task Pages_are_told_together_and_never_when_one_of_them_fails()
    {
        Page("7", "more", Item("a", 1));
        script.Enqueue(context => ScriptedApi.Answer(context, """{"message":"etcd is busy"}""", 500));
        Page("8", "more", Item("a", 1));
        List("8", Item("b", 2));
        Watch();

        await using var running = await RunAsync();
        await PassAsync();
        await ToldAsync("watching");

        Assert.Equal(["broke 1: Reading every ConfigMap was refused: 500: etcd is busy", "list: a=1, b=2", "watching"], seen.Told.Entries);
        Assert.Contains("continue=more", running.Api.Requests.Entries[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_expired_makes_one_list_without_pages()
    {
        Page("7", "more", Item("a", 1));
        script.Enqueue(context => ScriptedApi.Answer(context, """{"reason":"Expired","message":"too old"}""", 410));
        List("9", Item("a", 1), Item("c", 3));
        Watch();

        await using var running = await RunAsync();
        await ToldAsync("watching");

        Assert.Equal(["list: a=1, c=3", "watching"], seen.Told.Entries);
        Assert.Equal("GET /api/v1/configmaps", running.Api.Requests.Entries[2]);
    }

    [Fact]
    public async Task A_line_that_is_no_event_makes_a_new_list_which_tells_what_was_missed()
    {
        List("1", Item("a", 1), Item("b", 1));
        Watch("{\"type\":\"MODI\n");
        List("5", Item("a", 1), Item("c", 4));
        Watch();

        await using var running = await RunAsync();
        await PassAsync();
        await ToldAsync("list: -b, c=4");
    }

    [Fact]
    public async Task A_watch_that_is_cut_within_a_line_is_resumed_before_that_line()
    {
        List("1");
        script.Enqueue(async context =>
        {
            await context.Response.WriteAsync(Event("ADDED", Item("a", 2)) + Event("ADDED", Item("b", 3))[..30], Token);
            await context.Response.Body.FlushAsync(Token);
            await seen.Told.WaitAsync(told => told.Contains("a=2"), Token);
            context.Abort();
        });
        Watch(Event("ADDED", Item("b", 3)));

        await using var running = await RunAsync();
        await PassAsync();
        await ToldAsync("b=3");

        Assert.Contains("resourceVersion=2&", running.Api.Requests.Entries[2], StringComparison.Ordinal);
        Assert.Equal(3, running.Api.Requests.Entries.Length);
    }

    [Fact]
    public async Task A_bookmark_moves_the_version_that_the_next_watch_begins_at()
    {
        List("1");
        script.Enqueue(context => ScriptedApi.Answer(context, Event("BOOKMARK", """{"metadata":{"resourceVersion":"40"}}""")));
        Watch();

        await using var running = await RunAsync();
        await PassAsync();
        await running.Api.Requests.WaitAsync(requests => requests.Length == 3, Token);

        Assert.Contains("resourceVersion=40&", running.Api.Requests.Entries[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}""")]
    [InlineData("""{"kind":"Status","code":410,"reason":"Gone","message":"gone"}""")]
    public async Task An_event_that_says_expired_makes_a_new_list_at_once(string status)
    {
        List("1", Item("a", 1));
        Watch(Event("ERROR", status));
        List("9");
        Watch();

        await using var running = await RunAsync();
        await ToldAsync("list: -a");

        Assert.DoesNotContain(seen.Told.Entries, told => told.StartsWith("broke", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_watch_that_is_expired_again_and_again_waits_in_between()
    {
        for (var turn = 0; turn < 2; turn++)
        {
            List("1");
            script.Enqueue(context => ScriptedApi.Answer(context, """{"reason":"Expired","message":"old"}""", 410));
        }

        await using var running = await RunAsync();

        await ToldAsync("broke 2: The watch on every ConfigMap ended with: 410 Expired: old");
    }

    [Fact]
    public async Task Another_error_event_is_waited_out_as_long_as_it_asks_and_then_listed_anew()
    {
        List("1");
        Watch(Event("ERROR", """{"kind":"Status","code":500,"reason":"InternalError","message":"etcd","details":{"retryAfterSeconds":90}}"""));
        List("2", Item("a", 2));
        Watch();

        await using var running = await RunAsync();
        await ToldAsync("broke 1");
        await time.Waits.WaitAsync(waits => waits.Contains(TimeSpan.FromSeconds(90)), Token);
        time.Advance(TimeSpan.FromSeconds(90));

        await ToldAsync("list: a=2");
    }

    [Fact]
    public async Task Retry_After_of_a_list_is_honoured()
    {
        script.Enqueue(context =>
        {
            context.Response.Headers.RetryAfter = "45";
            return ScriptedApi.Answer(context, """{"message":"slow down"}""", 429);
        });
        List("1");
        Watch();

        await using var running = await RunAsync();
        await time.Waits.WaitAsync(waits => waits.Contains(TimeSpan.FromSeconds(45)), Token);
        time.Advance(TimeSpan.FromSeconds(45));

        await ToldAsync("list");
    }

    [Fact]
    public async Task An_object_that_makes_no_sense_is_told_as_that_and_breaks_nothing()
    {
        List("1", Item("a", 1), """{"metadata":{"name":"poison","resourceVersion":"1"},"value":{}}""", Item("c", 1));
        Watch(Event("MODIFIED", """{"metadata":{"name":"a","resourceVersion":"2"}}"""), Event("MODIFIED", Item("poison", 3)));

        await using var running = await RunAsync();
        await ToldAsync("poison=3");

        Assert.Equal(["list: a=1, ?poison$, c=1", "watching", "?a", "poison=3"], seen.Told.Entries);
    }

    [Fact]
    public async Task A_watch_that_outlives_its_time_is_dead_and_is_opened_again()
    {
        List("1");
        Watch();
        Watch(Event("ADDED", Item("a", 2)));

        await using var running = await RunAsync();
        await ToldAsync("watching");
        time.Advance(TimeSpan.FromSeconds(631));
        await ToldAsync("broke 1: The watch on every ConfigMap outlived its time");
        await PassAsync();

        await ToldAsync("a=2");
        Assert.Contains("resourceVersion=1&", running.Api.Requests.Entries[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_does_not_begin_is_given_up()
    {
        List("1");
        script.Enqueue(ScriptedApi.Hold);
        Watch();

        await using var running = await RunAsync();
        await running.Api.Requests.WaitAsync(requests => requests.Length == 2, Token);
        time.Advance(TimeSpan.FromSeconds(31));
        await ToldAsync("broke 1: The API server at");
        await PassAsync();

        await ToldAsync("watching");
    }

    [Theory]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "NotFound")]
    public async Task An_answer_is_told_and_asked_for_again_slowly(int code, string reason)
    {
        script.Enqueue(context => ScriptedApi.Answer(context, $$"""{"reason":"{{reason}}","message":"no"}""", code));
        List("1");
        Watch();

        await using var running = await RunAsync();
        await ToldAsync("refused");
        await PassAsync();
        await ToldAsync("watching");

        Assert.Equal([$"refused: {code} {reason}: no", "list: ", "watching"], seen.Told.Entries);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":{}}""")]
    [InlineData("""{"metadata":{},"items":[]}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[{"value":"nameless"}]}""")]
    public async Task What_is_no_list_empties_nothing(string body)
    {
        script.Enqueue(context => ScriptedApi.Answer(context, body));

        await using var running = await RunAsync();
        await ToldAsync("broke 1: The API server's");

        Assert.Single(seen.Told.Entries);
    }

    [Fact]
    public async Task A_list_of_nothing_may_be_written_as_null()
    {
        script.Enqueue(context => ScriptedApi.Answer(context, """{"metadata":{"resourceVersion":"1"},"items":null}"""));
        Watch();

        await using var running = await RunAsync();

        await ToldAsync("watching");
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task Objects_that_were_not_asked_for_are_not_told()
    {
        List("1", Item("mine", 1), Item("theirs", 1));
        Watch(Event("ADDED", Item("others", 2)), Event("MODIFIED", Item("mine", 3)));

        await using var running = await RunAsync(new ObjectSelection(ApiKind.Secret, Name: "mine"));
        await ToldAsync("mine=3");

        Assert.Equal(["list: mine=1", "watching", "mine=3"], seen.Told.Entries);
        Assert.Equal("GET /api/v1/secrets?fieldSelector=metadata.name%3Dmine&limit=500", running.Api.Requests.Entries[0]);
    }

    private void List(string version, params string[] items) => Page(version, "", items);

    private void Page(string version, string next, params string[] items) => script.Enqueue(context =>
        ScriptedApi.Answer(context, $$"""{"metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}"""));

    private void Watch(params string[] lines) => script.Enqueue(context => ScriptedApi.AnswerAndHold(context, string.Concat(lines)));

    private static string Item(string name, int version) => $$"""{"metadata":{"name":"{{name}}","resourceVersion":"{{version}}"},"value":"{{version}}"}""";

    private static string Event(string type, string subject) => $$"""{"type":"{{type}}","object":{{subject}}}""" + "\n";

    private async Task ToldAsync(string beginning) => await seen.Told.WaitAsync(told => told.Any(one => one.StartsWith(beginning, StringComparison.Ordinal)), Token);

    /// <summary>Lets the reflector's next wait pass.</summary>
    private async Task PassAsync()
    {
        // Deadlines of requests are 30 s and 60 s sharp; waits are anything up to there.
        await time.Waits.WaitAsync(waits => waits.Any(IsRetry), Token);
        time.Advance(LongestRetry);
    }

    private static bool IsRetry(TimeSpan wait) => wait < LongestRetry;

    private async Task<Running> RunAsync(ObjectSelection? selection = null)
    {
        var api = await ScriptedApi.StartAsync(authority.Issue("localhost"), Answer, Token);
        var connection = new ApiConnection(api.VerifiedBy(authority), time);
        var reflector = new Reflector<string>(connection, selection ?? new ObjectSelection(ApiKind.ConfigMap), RecordedObjects.Decode, seen, time);

        return new Running(api, connection, reflector);
    }

    private Task Answer(HttpContext context)
    {
        lock (script)
        {
            return script.TryDequeue(out var next) ? next(context) : ScriptedApi.Hold(context);
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly ApiConnection connection;
        private readonly CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        private readonly Task task;

        public Running(ScriptedApi api, ApiConnection connection, Reflector<string> reflector)
        {
            (Api, this.connection) = (api, connection);
            task = reflector.RunAsync(stopping.Token);
        }

        public ScriptedApi Api { get; }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
            connection.Dispose();
            await Api.DisposeAsync();
            stopping.Dispose();
        }
    }
}
