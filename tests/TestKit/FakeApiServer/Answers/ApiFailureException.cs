using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Answers;

/// <summary>A request that is answered with a failure, as Kubernetes' Status has it.</summary>
internal sealed class ApiFailureException(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    /// <summary>Empty for what a server did not expect to fail.</summary>
    public string Reason => reason;

    /// <summary>Null when the failure is about no object.</summary>
    public JsonObject? Details { get; init; }

    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Further fields of the answer's metadata, such as a token to continue with.</summary>
    public JsonObject Metadata { get; init; } = [];

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = Metadata.DeepClone(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (reason.Length > 0)
        {
            status["reason"] = reason;
        }

        if (Details is not null)
        {
            status["details"] = Details.DeepClone();
        }

        status["code"] = code;
        return status;
    }
}
