using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Delivery;

namespace Portcullis.Operator.Identity;

/// <summary>
/// Has the API server say whose a token is. A yes is good for a minute, so that a fleet that comes back is no storm; a no for seconds; no answer
/// admits nobody. Tokens are remembered by their hash only (P9).
/// </summary>
internal sealed class TokenReviews(ApiConnection api, string audience, TimeProvider time) : IGatewayAuthenticator, IDisposable
{
    private const int MostRemembered = 4096;
    private const int MostAtOnce = 16;
    private const int LongestToken = 16 * 1024;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BadFor = TimeSpan.FromSeconds(2);

    // Less than the time a caller has for its hello, so that it hears why.
    private static readonly TimeSpan ReviewTime = TimeSpan.FromSeconds(4);
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim turns = new(MostAtOnce);
    private readonly Dictionary<string, Review> reviews = new(StringComparer.Ordinal);

    public async Task<Caller> IdentifyAsync(string token, CancellationToken cancellationToken)
    {
        // Whoever is not even near is not worth a question: anybody can call here.
        if (token.Length > LongestToken || token.Split('.') is not [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }])
        {
            return new Caller.Stranger("it is not a token of a ServiceAccount");
        }

        return await Find(token).Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    /// <summary>Nothing of any token.</summary>
    public override string ToString() => nameof(TokenReviews);

    /// <summary>Callers with one token share one review.</summary>
    private Review Find(string token)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

        lock (gate)
        {
            if (reviews.TryGetValue(hash, out var known) && IsGood(known))
            {
                return known;
            }

            if (!HasRoom())
            {
                return new Review(Task.FromResult<Caller>(new Caller.Unknown("too many tokens wait for their review")), time.GetTimestamp());
            }

            return reviews[hash] = new Review(AskAsync(token), time.GetTimestamp());
        }
    }

    private bool IsGood(Review review)
    {
        if (!review.Answer.IsCompletedSuccessfully)
        {
            return !review.Answer.IsCompleted;
        }

        var age = time.GetElapsedTime(review.Since);

        return review.Answer.Result switch
        {
            Caller.Pod pod => age < GoodFor && time.GetUtcNow() < pod.Expires,
            Caller.Stranger => age < BadFor,
            _ => false,
        };
    }

    /// <summary>
    /// Full only under attack. Then what is known of strangers goes first: gateways that were reviewed stay known. What is asked at present stays too, so that
    /// it is bounded; whoever comes on top of that is not admitted.
    /// </summary>
    private bool HasRoom()
    {
        if (reviews.Count >= MostRemembered)
        {
            foreach (var (hash, _) in reviews.Where(entry => !IsGood(entry.Value) || entry.Value.Answer is { IsCompletedSuccessfully: true, Result: not Caller.Pod }).ToList())
            {
                reviews.Remove(hash);
            }
        }

        return reviews.Count < MostRemembered;
    }

    private async Task<Caller> AskAsync(string token)
    {
        using var late = new CancellationTokenSource(ReviewTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping.Token);

        var hasTurn = false;

        try
        {
            // Anybody can call here: the API server must not be asked by all of them at the same time.
            await turns.WaitAsync(either.Token).ConfigureAwait(false);
            hasTurn = true;

            var request = new ApiRequest(HttpMethod.Post, ApiKind.TokenReview.Path()) { Body = Encoding.UTF8.GetBytes(Question(token).ToJsonString()) };

            return await api.SendAsync(request, either.Token).ConfigureAwait(false) switch
            {
                ApiAnswer.Done done => ReviewedToken.Of(done.Body, audience, token),

                // Its words could quote what was sent (P9).
                ApiAnswer.Refused refused => new Caller.Unknown($"the API server refused the TokenReview with {(int)refused.Refusal.Code} {refused.Refusal.Reason}; the operator's ServiceAccount needs 'create' on tokenreviews.authentication.k8s.io"),
                _ => new Caller.Unknown("the API server's answer is of an unknown kind"),
            };
        }
        catch (Exception failure)
        {
            // Whatever it was: nobody was asked, so nobody is admitted.
            return new Caller.Unknown(late.IsCancellationRequested ? $"the API server did not answer within {ReviewTime.TotalSeconds:0} s" : $"the API server could not be asked ({failure.GetType().Name})");
        }
        finally
        {
            if (hasTurn)
            {
                turns.Release();
            }
        }
    }

    private JsonObject Question(string token) => new()
    {
        ["apiVersion"] = "authentication.k8s.io/v1",
        ["kind"] = "TokenReview",
        ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(audience) },
    };

    /// <param name="Answer">Never fails.</param>
    /// <param name="Since">When it was asked: what it says may have changed from then on.</param>
    private sealed record Review(Task<Caller> Answer, long Since);
}
