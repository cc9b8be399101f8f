using System.Net;

namespace Portcullis.Operator.Cluster;

/// <summary>A refusal of the API server, from the <c>Status</c> object it answers with.</summary>
/// <param name="Code">Of HTTP.</param>
/// <param name="Reason">The Status' reason, such as <c>Conflict</c> or <c>Expired</c>; empty when it gave none.</param>
/// <param name="Message">In its words.</param>
/// <param name="RetryAfter">Null when it did not say.</param>
internal sealed record ApiRefusal(HttpStatusCode Code, string Reason, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The version that was named is too old.</summary>
    public bool IsExpired => Code == HttpStatusCode.Gone || Reason is "Expired" or "Gone";

    /// <summary>It says something about us or about what was asked for; repeating the question soon would change nothing.</summary>
    public bool IsAnswer => Code is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound;

    /// <summary>The server is overloaded, or fails within: that heals by itself.</summary>
    public bool IsPassing => Code == HttpStatusCode.TooManyRequests || Code >= HttpStatusCode.InternalServerError;

    public override string ToString() => $"{(int)Code}{(Reason.Length == 0 ? "" : $" {Reason}")}: {Message}";
}
