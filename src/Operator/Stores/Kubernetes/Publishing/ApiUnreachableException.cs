namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>A whole publication that got no answer; whoever published tries again with the newest.</summary>
internal sealed class ApiUnreachableException(Uri server, Exception inner)
    : Exception($"The API server at {server} cannot be reached: {inner.Message.TrimEnd('.')}.", inner);
