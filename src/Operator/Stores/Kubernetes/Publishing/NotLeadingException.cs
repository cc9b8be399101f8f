namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>A write that was not sent, because another replica may lead by now.</summary>
internal sealed class NotLeadingException() : Exception("This replica is not the leader any more, so it writes nothing.");
