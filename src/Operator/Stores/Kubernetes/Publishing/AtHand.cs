namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>An object as it was last seen: what a write is compared with, and whose uid and version it carries, so that a stale writer gets 409.</summary>
/// <param name="Content">The part that is written.</param>
internal sealed record AtHand<T>(string Uid, string ResourceVersion, T Content);
