using System.Text.Json;

namespace Portcullis.Operator.Cluster;

/// <summary>What the API server said. That it said nothing is an exception instead.</summary>
internal abstract record ApiAnswer
{
    private ApiAnswer()
    {
    }

    public sealed record Done(JsonElement Body) : ApiAnswer;

    public sealed record Refused(ApiRefusal Refusal) : ApiAnswer;

    /// <summary>The body of what was done.</summary>
    /// <exception cref="ApiRefusedException">It was refused.</exception>
    public JsonElement Demand() => this switch
    {
        Done done => done.Body,
        Refused refused => throw new ApiRefusedException(refused.Refusal),
        _ => throw new NotSupportedException(),
    };
}
