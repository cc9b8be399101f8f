using k8s.Models;

namespace Portcullis.Operator.Translation;

/// <summary>How old a resource is.</summary>
internal static class CreationTime
{
    /// <summary>A folder has no creation times; there all resources are of one age and their names decide.</summary>
    public static DateTimeOffset Of(V1ObjectMeta metadata) => metadata.CreationTimestamp switch
    {
        null => DateTimeOffset.UnixEpoch,
        { Kind: DateTimeKind.Unspecified } created => new DateTimeOffset(created, TimeSpan.Zero),
        { } created => new DateTimeOffset(created.ToUniversalTime()),
    };
}
