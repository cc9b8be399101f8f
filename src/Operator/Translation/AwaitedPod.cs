using Portcullis.Contract;

namespace Portcullis.Operator.Translation;

/// <summary>A gateway's pod that has not reported what is published for it.</summary>
/// <param name="Pod">Namespace and name.</param>
/// <param name="Uid">Tells it from a later pod of the same name.</param>
/// <param name="Wanted">Digest over what it is to report: another one is another wait.</param>
public sealed record AwaitedPod(ResourceKey Pod, string Uid, Digest Wanted);
