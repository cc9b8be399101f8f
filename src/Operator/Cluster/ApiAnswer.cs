using System.Net;
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

    /// <summary>As <see cref="Demand"/>, after something that was read was to be replaced: that it is gone by now is a Conflict like any other.</summary>
    /// <exception cref="ApiRefusedException">It was refused.</exception>
    public JsonElement DemandReplaced() =>
        this is Refused { Refusal: { Code: HttpStatusCode.NotFound } gone } ? throw new ApiRefusedException(gone with { Code = HttpStatusCode.Conflict }) : Demand();
}
