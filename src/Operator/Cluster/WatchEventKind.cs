namespace Portcullis.Operator.Cluster;

/// <summary>What a line of a watch says.</summary>
internal enum WatchEventKind
{
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,

    /// <summary>It is no event that we know: something was lost.</summary>
    Malformed,
}
