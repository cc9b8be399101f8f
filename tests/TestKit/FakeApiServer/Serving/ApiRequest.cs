using System.Net;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>One request as it reached the server, and what it was answered.</summary>
public sealed class ApiRequest
{
    internal ApiRequest(string method, string path, string query, string verb, RequestTarget target)
    {
        Method = method;
        Path = path;
        Query = query;
        Verb = verb;
        Group = target.Group;
        Resource = target.Subresource.Length == 0 ? target.Plural : $"{target.Plural}/{target.Subresource}";
        Namespace = target.Namespace;
        Name = target.Name;
    }

    public string Method { get; }

    public string Path { get; }

    public string Query { get; }

    /// <summary>As roles speak of it: get, list, watch, create, update, patch, delete.</summary>
    public string Verb { get; }

    public string Group { get; }

    /// <summary>Plural, with its subresource: <c>backendroutes/status</c>. Empty for a path that is no resource.</summary>
    public string Resource { get; }

    public string Namespace { get; }

    /// <summary>Empty when the path has none.</summary>
    public string Name { get; }

    /// <summary>Empty until it is known.</summary>
    public string User { get; internal set; } = "";

    /// <summary>Null until it is answered. A watch is answered when it begins.</summary>
    public HttpStatusCode? Status { get; internal set; }

    public bool IsWatch => Verb == "watch";

    /// <summary>True for what changes objects; a TokenReview does not.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD") && Resource != "tokenreviews";

    public override string ToString() => $"{Verb} {Path}{Query} by {User} → {(Status is { } status ? (int)status : "unanswered")}";
}
