using System.Text.Json;
using k8s;
using k8s.Models;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Decoding;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>An object that holds, and the file it is from.</summary>
internal sealed record AcceptedManifest
{
    public required ObjectIdentity Identity { get; init; }

    public required string File { get; init; }

    /// <summary>Rises when the spec changes; 1 at first.</summary>
    public required long Generation { get; init; }

    public required IKubernetesObject<V1ObjectMeta> Object { get; init; }

    /// <summary>The object as JSON, in one spelling: same object, same text.</summary>
    public required string Json { get; init; }

    public static AcceptedManifest From(DocumentReading.Good good, string file, AcceptedManifest? before)
    {
        var json = JsonSerializer.Serialize(good.Object, good.Object.GetType(), ResourceJson.Lenient);

        // The very object of before, so that an edit elsewhere in the file changes nothing here.
        return before?.Json == json ? before with { File = file } : new AcceptedManifest
        {
            Identity = good.Identity,
            File = file,
            Generation = before is null ? 1 : before.Generation + (SpecOf(before.Object) == SpecOf(good.Object) ? 0 : 1),
            Object = good.Object,
            Json = json,
        };
    }

    private static string SpecOf(IKubernetesObject<V1ObjectMeta> resource) => resource switch
    {
        BackendRoute route => JsonSerializer.Serialize(route.Spec, ResourceJson.Lenient),
        TrustBundle bundle => JsonSerializer.Serialize(bundle.Spec, ResourceJson.Lenient),
        _ => "",
    };
}
