using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace Portcullis.Operator.Stores.Manifests.Decoding;

/// <summary>What became of one document.</summary>
internal abstract record DocumentReading(int Line)
{
    /// <summary>An object as the API server would store it, defaults filled in.</summary>
    public sealed record Good(int Line, ObjectIdentity Identity, IKubernetesObject<V1ObjectMeta> Object) : DocumentReading(Line);

    /// <summary>An object that the API server would refuse. Its identity is null when that is part of what is wrong.</summary>
    public sealed record Refused(int Line, ObjectIdentity? Identity, ImmutableArray<LocatedProblem> Problems) : DocumentReading(Line);

    /// <summary>A kind that Portcullis has no use for.</summary>
    public sealed record Ignored(int Line, string ApiVersion, string Kind) : DocumentReading(Line);
}
