namespace Portcullis.Operator.Cluster;

/// <summary>Why a reflector has to wait before it goes on.</summary>
/// <param name="IsAnswer">Whether waiting alone may change it: an answer is asked for again slowly.</param>
/// <param name="AtLeast">What the API server asked for.</param>
internal sealed record ReadingSetback(bool IsAnswer = false, TimeSpan AtLeast = default);
