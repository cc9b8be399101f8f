using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>How something is to be deleted, from the body and the query of a request.</summary>
internal sealed record DeleteOptions
{
    /// <summary>Empty when any will do.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Empty when any will do.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Null when the kind's own holds.</summary>
    public long? GracePeriodSeconds { get; init; }

    public bool DryRun { get; init; }

    public static DeleteOptions Read(ReadOnlyMemory<byte> body, string gracePeriod, string propagation, bool dryRun)
    {
        var content = body.IsEmpty ? [] : JsonBody.Read(body).Content;
        var policy = content.Text("propagationPolicy") is { Length: > 0 } inBody ? inBody : propagation;
        if (policy is not ("" or "Background") || content.Flag("orphanDependents"))
        {
            throw Failures.NotImplemented($"garbage collection with propagation policy '{policy}'");
        }

        return new DeleteOptions
        {
            Uid = content.Text("preconditions", "uid"),
            ResourceVersion = content.Text("preconditions", "resourceVersion"),
            GracePeriodSeconds = content.Number("gracePeriodSeconds") ?? (long.TryParse(gracePeriod, out var seconds) ? seconds : null),
            DryRun = dryRun || content.Texts("dryRun").Contains("All"),
        };
    }
}
