using k8s;
using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>An object of one of our own kinds, whichever.</summary>
public interface ICustomResource : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Null when this is the newest version as it was written.</summary>
    Unread? Unread { get; }

    /// <summary>What this one says, in place of a newer version of it that cannot be read whole.</summary>
    ICustomResource InPlaceOf(ICustomResource newest);
}
