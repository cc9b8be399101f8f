using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Events;

/// <summary>The very object that an event is about.</summary>
internal sealed record EventSubject(ApiKind Kind, ResourceKey Key, string Uid, string ResourceVersion);
