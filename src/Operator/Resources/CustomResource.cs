using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>What every object of our own kinds has.</summary>
public abstract record CustomResource<TSpec, TStatus> : ICustomResource, ISpec<TSpec>, IStatus<TStatus?>
    where TStatus : class
{
    protected CustomResource(string apiVersion, string kind) => (ApiVersion, Kind) = (apiVersion, kind);

    public string ApiVersion { get; set; }

    public string Kind { get; set; }

    public V1ObjectMeta Metadata { get; set; } = new();

    public required TSpec Spec { get; set; }

    /// <summary>Null before the operator wrote one.</summary>
    public TStatus? Status { get; set; }

    /// <inheritdoc/>
    [JsonIgnore]
    public Unread? Unread { get; init; }

    public ICustomResource InPlaceOf(ICustomResource newest) => newest is CustomResource<TSpec, TStatus> now
        ? this with { Metadata = now.Metadata, Status = now.Status ?? Status, Unread = now.Unread! with { StandIn = StandIn.LastGood } }
        : newest;
}
