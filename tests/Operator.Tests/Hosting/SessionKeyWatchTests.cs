using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Hosting;

/// <summary>What is said of a session key that cannot be opened, and when it is said no more.</summary>
public sealed class SessionKeyWatchTests
{
    private static readonly SessionKey Key = new(new byte[SessionKey.Length]);

    private readonly Latest<SessionKeyProblem> problems = new();

    [Fact]
    public async Task A_key_that_is_read_at_once_is_nothing_to_speak_of()
    {
        Assert.Same(Key, await OpenAsync(null));

        Assert.Null(problems.Value);
    }

    [Fact]
    public async Task A_right_that_is_missing_is_told_with_the_remedy_once_until_it_is_there()
    {
        var refused = new ApiRefusedException(new ApiRefusal(HttpStatusCode.Forbidden, "Forbidden", "secrets is forbidden"));
        await Assert.ThrowsAsync<ApiRefusedException>(() => OpenAsync(refused));
        var told = problems.Value;
        await Assert.ThrowsAsync<ApiRefusedException>(() => OpenAsync(refused));

        Assert.Same(told, problems.Value);
        Assert.Contains("secrets is forbidden", told?.Message, StringComparison.Ordinal);
        Assert.Contains("get, create and update on the Secret portcullis/sessions", told?.Message, StringComparison.Ordinal);

        await OpenAsync(null);
        Assert.Null(problems.Value!.Message);
    }

    [Fact]
    public async Task A_Secret_of_somebody_else_is_told_in_its_own_words()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(new InvalidDataException("Delete it.")));

        Assert.Equal("Delete it.", problems.Value?.Message);
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task What_passes_by_itself_is_not_told_and_takes_nothing_back(HttpStatusCode code)
    {
        await Assert.ThrowsAsync<ApiRefusedException>(() => OpenAsync(new ApiRefusedException(new ApiRefusal(code, "", "later"))));
        Assert.Null(problems.Value);

        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(new InvalidDataException("Delete it.")));
        await Assert.ThrowsAsync<ApiRefusedException>(() => OpenAsync(new ApiRefusedException(new ApiRefusal(code, "", "later"))));
        Assert.Equal("Delete it.", problems.Value?.Message);
    }

    private Task<SessionKey> OpenAsync(Exception? failure) => new SessionKeyWatch(
        _ => failure is null ? Task.FromResult(Key) : Task.FromException<SessionKey>(failure), new ResourceKey("portcullis", "sessions"), problems)
        .OpenAsync(TestContext.Current.CancellationToken);
}
