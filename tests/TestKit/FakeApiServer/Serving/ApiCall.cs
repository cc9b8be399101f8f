using Microsoft.AspNetCore.Http;
using Portcullis.TestKit.FakeApiServer.Access;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>One request on its way through the server.</summary>
internal sealed record ApiCall(HttpContext Context, ApiRequest Request, RequestTarget Target, ReadOnlyMemory<byte> Body)
{
    /// <summary>Anonymous until authenticated.</summary>
    public ApiUser User { get; init; } = ApiUser.Anonymous;

    public string Query(string name) => Context.Request.Query[name].ToString();

    /// <summary>Without parameters such as a character set.</summary>
    public string ContentType => (Context.Request.ContentType ?? "").Split(';')[0].Trim();

    /// <summary>Who is to own the fields that are written.</summary>
    public string Manager => Query("fieldManager") is { Length: > 0 } named ? named
        : Context.Request.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } agent ? agent
        : "unknown";
}
