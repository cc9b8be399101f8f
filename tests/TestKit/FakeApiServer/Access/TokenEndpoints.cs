using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;
using Portcullis.TestKit.FakeApiServer.Writes;

namespace Portcullis.TestKit.FakeApiServer.Access;

/// <summary>TokenReview and TokenRequest: kinds that are answered and not stored.</summary>
internal sealed class TokenEndpoints(ApiState state, Tokens tokens)
{
    public JsonObject Review(JsonObject review)
    {
        var token = review.Text("spec", "token");
        if (token.Length == 0)
        {
            throw Failures.BadRequest("token is required for TokenReview in authentication");
        }

        ImmutableArray<string> audiences = [.. review.Texts("spec", "audiences")];
        var judged = tokens.Judge(token, audiences);
        review["metadata"] = new JsonObject();
        review["status"] = judged.User is { } user
            ? new JsonObject
            {
                ["authenticated"] = true,
                ["user"] = User(user),
                ["audiences"] = new JsonArray([.. judged.Audiences.Select(audience => JsonValue.Create(audience))]),
            }
            : new JsonObject { ["user"] = new JsonObject(), ["error"] = judged.Error };
        return review;
    }

    public JsonObject Request(ObjectKey account, ReadOnlyMemory<byte> body)
    {
        var request = JsonBody.Read(body).Content;
        var seconds = request.Number("spec", "expirationSeconds") ?? 3600;
        if (seconds < 600)
        {
            throw new ApiFailureException(
                422, "Invalid", $"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes");
        }

        _ = state.Store.Now.Find("/serviceaccounts", account) ?? throw Failures.NotFound(Kind("serviceaccounts"), account.Name);
        var (token, expires) = tokens.Issue(new TokenPlea(account.Namespace, account.Name, [.. request.Texts("spec", "audiences")], TimeSpan.FromSeconds(seconds))
        {
            Pod = Pod(account, request.At("spec", "boundObjectRef")),
        });

        request["kind"] = "TokenRequest";
        request["apiVersion"] = "authentication.k8s.io/v1";
        request.Open("metadata")["name"] = account.Name;
        request.Open("metadata")["namespace"] = account.Namespace;
        request["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = Times.Written(expires) };
        return request;
    }

    private string Pod(ObjectKey account, JsonNode? bound)
    {
        if (bound is null)
        {
            return "";
        }

        if (bound.Text("kind") != "Pod" || bound.Text("apiVersion") != "v1")
        {
            throw Failures.NotImplemented("tokens that are bound to anything but a Pod");
        }

        var name = bound.Text("name");
        var pod = state.Store.Now.Find("/pods", account with { Name = name }) ?? throw Failures.NotFound(Kind("pods"), name);
        if (bound.Text("uid") is { Length: > 0 } uid && uid != pod.Content.Text("metadata", "uid"))
        {
            throw Failures.Conflict(Kind("pods"), name, $"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated");
        }

        if (pod.Content.Text("spec", "serviceAccountName") != account.Name)
        {
            throw Failures.BadRequest($"cannot bind token for serviceaccount \"{account.Name}\" to pod running with different serviceaccount name.");
        }

        return name;
    }

    private ResourceKind Kind(string plural) => state.Kinds.Find("", "v1", plural)!;

    private static JsonObject User(ApiUser user)
    {
        var answer = new JsonObject
        {
            ["username"] = user.Name,
            ["groups"] = new JsonArray([.. user.Groups.Select(group => JsonValue.Create(group))]),
        };
        if (user.Uid.Length > 0)
        {
            answer["uid"] = user.Uid;
        }

        if (!user.Extra.IsEmpty)
        {
            answer["extra"] = new JsonObject(user.Extra.Select(extra => KeyValuePair.Create(extra.Key, (JsonNode?)new JsonArray(extra.Value))));
        }

        return answer;
    }
}
