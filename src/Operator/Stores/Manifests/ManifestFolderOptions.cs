using System.ComponentModel.DataAnnotations;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>Where manifests are, and where results go.</summary>
internal sealed class ManifestFolderOptions
{
    /// <summary>Read with its subfolders. Files and folders whose name begins with a dot are passed over.</summary>
    [Required]
    public required string Folder { get; init; }

    /// <summary>Compiled bundles as gateways mount them: <c>namespace.name.pem</c>.</summary>
    [Required]
    public required string BundlesFolder { get; init; }

    /// <summary>Statuses for people and scripts: <c>kind/namespace.name.yaml</c> and <c>problems.yaml</c>.</summary>
    [Required]
    public required string StatusFolder { get; init; }

    /// <summary>The operator's own memory. It holds copies of the Secrets among the manifests, for its user alone.</summary>
    [Required]
    public required string StateFolder { get; init; }

    /// <summary>How often the folder is looked at. A change must stand still for one look, so that half a file is never taken for a whole one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(300);
}
