namespace Portcullis.Operator.Cluster;

/// <summary>A refusal that the caller has no better answer to than to try again later.</summary>
internal sealed class ApiRefusedException(ApiRefusal refusal) : Exception($"The API server refused: {refusal}")
{
    public ApiRefusal Refusal => refusal;
}
