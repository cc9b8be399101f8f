using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Operator.Cluster;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Cluster;

public sealed class ApiConnectionTests : IDisposable
{
    private const string Secret = "eyJhbGciOiJSUzI1NiJ9.of-nobody.c2lnbmF0dXJl";
    private readonly TestAuthority ours = TestAuthority.CreateRoot("cluster");
    private readonly TestAuthority theirs = TestAuthority.CreateRoot("elsewhere");
    private readonly FakeTimeProvider time = new();
    private readonly TestLog log = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portcullis-api-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ApiRequest Ask { get; } = new(HttpMethod.Get, "/version");

    public void Dispose()
    {
        folder.Delete(recursive: true);
        theirs.Dispose();
        ours.Dispose();
        log.Dispose();
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task The_API_server_is_asked_over_HTTP_2_when_its_authority_and_its_name_are_right()
    {
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, $$"""{"protocol":"{{context.Request.Protocol}}"}"""));
        using var connection = Connect(api.VerifiedBy(ours) with { Token = Secret });

        var answer = await connection.SendAsync(Ask, Token);

        Assert.Equal("HTTP/2", answer.Demand().GetProperty("protocol").GetString());
        Assert.Equal([$"Bearer {Secret}"], api.Authorizations.Entries);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_server_with_another_name_is_refused_and_shown_no_token()
    {
        await using var api = await ScriptedApi.StartAsync(ours.Issue("other.test"), context => ScriptedApi.Answer(context, "{}"), Token);
        using var connection = Connect(api.VerifiedBy(ours) with { Token = Secret });

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(Ask, Token));

        Assert.Contains("RemoteCertificateNameMismatch", ApiProblems.TextOf(refusal), StringComparison.Ordinal);
        Assert.Empty(api.Requests.Entries);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_server_of_another_authority_is_refused_and_shown_no_token()
    {
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, "{}"));
        using var connection = Connect(api.VerifiedBy(theirs) with { Token = Secret });

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(Ask, Token));

        Assert.IsType<AuthenticationException>(refusal.InnerException);
        Assert.Empty(api.Requests.Entries);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_watch_is_held_to_the_same_rules()
    {
        await using var api = await ScriptedApi.StartAsync(ours.Issue("other.test"), context => ScriptedApi.Answer(context, "{}"), Token);
        using var connection = Connect(api.VerifiedBy(ours) with { Token = Secret });

        await Assert.ThrowsAsync<HttpRequestException>(() => connection.OpenAsync(Ask, Token));
        Assert.Empty(api.Requests.Entries);
    }

    [Fact]
    public async Task The_name_in_the_certificate_may_be_another_than_that_of_the_address()
    {
        await using var api = await ScriptedApi.StartAsync(ours.Issue("kubernetes.default.svc"), context => ScriptedApi.Answer(context, "{}"), Token);
        using var connection = Connect(api.VerifiedBy(ours) with { ServerName = "kubernetes.default.svc" });

        Assert.IsType<ApiAnswer.Done>(await connection.SendAsync(Ask, Token));
    }

    [Fact]
    public async Task A_client_certificate_is_shown_with_its_key()
    {
        using var client = ours.Issue("admin");
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, "{}"), client);
        using var with = Connect(api.VerifiedBy(ours) with { ClientCertificate = client });
        using var without = Connect(api.VerifiedBy(ours));

        Assert.IsType<ApiAnswer.Done>(await with.SendAsync(Ask, Token));
        await Assert.ThrowsAsync<HttpRequestException>(() => without.SendAsync(Ask, Token));
    }

    [Fact]
    public async Task Another_CA_in_the_file_is_what_counts_after_a_failed_handshake_or_a_minute_and_a_running_watch_ends_undisturbed()
    {
        var file = Write("ca.crt", ours.Pem);
        var end = new TaskCompletionSource();
        await using var api = await StartAsync(async context =>
        {
            await context.Response.StartAsync(Token);
            await context.Response.Body.FlushAsync(Token);
            await (context.Request.Path == "/watch" ? end.Task : Task.CompletedTask);
            await context.Response.WriteAsync("{}", Token);
        });
        using var connection = Connect(new ApiServerAddress { Address = api.Address, CaFile = file });
        using var watch = await connection.OpenAsync(new ApiRequest(HttpMethod.Get, "/watch"), Token);

        api.Present(theirs.Issue("localhost"));
        Write("ca.crt", theirs.Pem);
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.IsType<ApiAnswer.Done>(await connection.SendAsync(Ask, Token));
        Assert.Equal(2, api.Connections.Entries.Length);

        end.SetResult();
        using var rest = new StreamReader(watch.Body);
        Assert.Equal("{}", await rest.ReadToEndAsync(Token));

        api.Present(ours.Issue("localhost"));
        Write("ca.crt", "not a certificate");
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.IsType<ApiAnswer.Done>(await connection.SendAsync(Ask, Token));
        Assert.Contains(log.Lines.Entries, line => line.Message.Contains("verified against what it held before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_handshake_makes_the_next_request_look_at_the_CA_file_at_once()
    {
        var file = Write("ca.crt", theirs.Pem);
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, "{}"));
        using var connection = Connect(new ApiServerAddress { Address = api.Address, CaFile = file });
        await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(Ask, Token));

        Write("ca.crt", ours.Pem);

        Assert.IsType<ApiAnswer.Done>(await connection.SendAsync(Ask, Token));
    }

    [Fact]
    public async Task The_token_file_is_read_again_after_a_minute_and_when_its_token_is_refused()
    {
        var file = Write("token", "first");
        var accepted = "Bearer first";
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, "{}", context.Request.Headers.Authorization == accepted ? 200 : 401));
        using var connection = Connect(api.VerifiedBy(ours) with { TokenFile = file });
        await connection.SendAsync(Ask, Token);

        Write("token", "second");
        await connection.SendAsync(Ask, Token);
        accepted = "Bearer second";
        Assert.IsType<ApiAnswer.Done>(await connection.SendAsync(Ask, Token));

        accepted = "Bearer third";
        Write("token", "third");
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.IsType<ApiAnswer.Done>(await connection.SendAsync(Ask, Token));

        Assert.Equal(["Bearer first", "Bearer first", "Bearer first", "Bearer second", "Bearer third"], api.Authorizations.Entries);
    }

    [Fact]
    public async Task A_refused_token_that_is_still_the_only_one_is_an_answer_and_is_shown_once()
    {
        var file = Write("token", "only");
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, "{}", 401));
        using var connection = Connect(api.VerifiedBy(ours) with { TokenFile = file });

        var refused = Assert.IsType<ApiAnswer.Refused>(await connection.SendAsync(Ask, Token));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Refusal.Code);
        Assert.Single(api.Requests.Entries);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("")]
    [InlineData("geh\u00e4im")]
    [Trait("Promise", "P9")]
    public async Task What_is_no_token_is_neither_shown_nor_repeated(string content)
    {
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, "{}"));
        using var connection = Connect(api.VerifiedBy(ours) with { TokenFile = Write("token", content) });

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(Ask, Token));

        Assert.Contains("token", refusal.Message, StringComparison.Ordinal);
        Assert.True(content.Length == 0 || !refusal.ToString().Contains(content[..3] + content[3..], StringComparison.Ordinal));
        Assert.Empty(api.Requests.Entries);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task A_refusal_that_repeats_the_token_is_told_without_it()
    {
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, $"bad header {context.Request.Headers.Authorization}", 400));
        using var connection = Connect(api.VerifiedBy(ours) with { Token = Secret });

        var refused = Assert.IsType<ApiAnswer.Refused>(await connection.SendAsync(Ask, Token));
        var thrown = await Assert.ThrowsAsync<ApiRefusedException>(() => connection.OpenAsync(Ask, Token));

        Assert.Equal("400: bad header Bearer …", refused.Refusal.ToString());
        Assert.DoesNotContain(Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, (api.VerifiedBy(ours) with { Token = Secret }).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"Status","code":409,"reason":"Conflict","message":"it changed"}""", "409 Conflict: it changed", null)]
    [InlineData("""{"kind":"Status","reason":"TooManyRequests","message":"slow down","details":{"retryAfterSeconds":7}}""", "409 TooManyRequests: slow down", 7)]
    [InlineData("<html>no</html>", "409: <html>no</html>", null)]
    public async Task A_refusal_is_a_value_in_the_API_servers_words(string body, string text, int? retryAfter)
    {
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, body, 409));
        using var connection = Connect(api.VerifiedBy(ours));

        var refused = Assert.IsType<ApiAnswer.Refused>(await connection.SendAsync(Ask, Token));

        Assert.Equal(text, refused.Refusal.ToString());
        Assert.Equal(retryAfter, refused.Refusal.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task The_header_Retry_After_counts_before_the_body()
    {
        await using var api = await StartAsync(context =>
        {
            context.Response.Headers.RetryAfter = "11";
            return ScriptedApi.Answer(context, """{"message":"busy","details":{"retryAfterSeconds":7}}""", 429);
        });
        using var connection = Connect(api.VerifiedBy(ours));

        var refused = Assert.IsType<ApiAnswer.Refused>(await connection.SendAsync(Ask, Token));

        Assert.Equal(TimeSpan.FromSeconds(11), refused.Refusal.RetryAfter);
    }

    [Fact]
    public async Task Silence_ends_after_the_time_of_the_request()
    {
        await using var api = await StartAsync(ScriptedApi.Hold);
        using var connection = Connect(api.VerifiedBy(ours));
        var asking = connection.SendAsync(Ask with { Timeout = TimeSpan.FromSeconds(5) }, Token);
        var opening = connection.OpenAsync(Ask with { Timeout = TimeSpan.FromSeconds(5) }, Token);
        await api.Requests.WaitAsync(requests => requests.Length == 2, Token);

        time.Advance(TimeSpan.FromSeconds(6));

        var late = await Assert.ThrowsAsync<TimeoutException>(() => asking);
        await Assert.ThrowsAsync<TimeoutException>(() => opening);
        Assert.Contains("did not answer GET /version within 5 s", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_server_that_never_finishes_the_handshake_is_not_reached_which_is_no_cancellation()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new ApiServerAddress { Address = new Uri($"https://{silent.LocalEndpoint}"), CaPem = ours.Pem, ConnectTimeout = TimeSpan.FromMilliseconds(200) };
        using var connection = Connect(address);

        var sent = await Assert.ThrowsAsync<TimeoutException>(() => connection.SendAsync(Ask, Token));
        await Assert.ThrowsAsync<TimeoutException>(() => connection.OpenAsync(Ask, Token));

        Assert.Equal($"The API server at {address.Address} was not reached within 0.2 s.", sent.Message);
    }

    [Fact]
    public async Task A_caller_that_gives_up_on_a_silent_server_is_cancelled()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var connection = Connect(new ApiServerAddress { Address = new Uri($"https://{silent.LocalEndpoint}"), CaPem = ours.Pem });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asking = connection.SendAsync(Ask, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>welcome</html>")]
    public async Task A_success_that_is_no_JSON_is_a_broken_connection(string body)
    {
        await using var api = await StartAsync(context => ScriptedApi.Answer(context, body));
        using var connection = Connect(api.VerifiedBy(ours));

        var broken = await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(Ask, Token));

        Assert.Contains("is no JSON", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_a_broken_connection()
    {
        await using var api = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("{", Token);
            await context.Response.Body.FlushAsync(Token);
            context.Abort();
        });
        using var connection = Connect(api.VerifiedBy(ours));

        var broken = await Assert.ThrowsAsync<HttpRequestException>(() => connection.SendAsync(Ask, Token));

        Assert.Contains("broke off", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_authority_there_is_no_connection()
    {
        var address = new ApiServerAddress { Address = new Uri("https://localhost"), CaPem = "" };

        Assert.Contains("no certificate", Assert.Throws<InvalidDataException>(() => Connect(address)).Message, StringComparison.Ordinal);
    }

    private Task<ScriptedApi> StartAsync(RequestDelegate answer, X509Certificate2? client = null) =>
        ScriptedApi.StartAsync(ours.Issue("localhost"), answer, Token, client);

    private ApiConnection Connect(ApiServerAddress address) => new(address, time, log.For<ApiConnection>());

    private string Write(string name, string content)
    {
        var file = Path.Combine(folder.FullName, name);
        File.WriteAllText(file, content);
        return file;
    }
}
