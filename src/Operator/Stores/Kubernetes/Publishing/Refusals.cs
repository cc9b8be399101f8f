using System.Net;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>What a refused write means.</summary>
internal static class Refusals
{
    /// <summary>It is about the server or the writer, not about the object: the next object would fare no better.</summary>
    public static bool IsOfServer(this ApiRefusal refusal) =>
        refusal.Code is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

    /// <summary>For a refusal of the server: nothing of the present round is tried further.</summary>
    public static StoreBusyException Busy(this ApiRefusal refusal) => new($"The API server refused: {refusal}", refusal.RetryAfter, new ApiRefusedException(refusal));

    /// <summary>The object is another one by now; the watch will show it.</summary>
    public static bool IsStale(this ApiRefusal refusal) => refusal.Code is HttpStatusCode.Conflict;

    public static bool IsGone(this ApiRefusal refusal) => refusal.Code is HttpStatusCode.NotFound;

    public static bool IsForbidden(this ApiRefusal refusal) => refusal.Code is HttpStatusCode.Forbidden;
}
