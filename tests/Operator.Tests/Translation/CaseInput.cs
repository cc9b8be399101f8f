using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>The documents of one turn of a case.</summary>
internal sealed class CaseInput
{
    private readonly ImmutableArray<JsonObject> documents;

    private CaseInput(ImmutableArray<JsonObject> documents) => this.documents = documents;

    public Situation Situation => documents.FirstOrDefault(document => KindOf(document) == "Situation") is { } situation ? new Situation(situation) : Situation.Plain;

    public static CaseInput Read(string yaml) => new([.. YamlNodes.Documents(yaml)]);

    /// <summary>The same documents in another order.</summary>
    public CaseInput Shuffled(int seed)
    {
        var shuffled = documents.ToArray();
        new Random(seed).Shuffle(shuffled);

        return new CaseInput([.. shuffled]);
    }

    public ResourceSnapshot Snapshot()
    {
        var snapshot = ResourceSnapshot.Empty;

        foreach (var document in documents)
        {
            var key = new ResourceKey((string?)document["metadata"]?["namespace"] ?? "", (string?)document["metadata"]?["name"] ?? "");
            snapshot = KindOf(document) switch
            {
                "BackendRoute" => snapshot with { BackendRoutes = snapshot.BackendRoutes.Add(key, document.Deserialize<BackendRoute>(ResourceJson.Strict)!) },
                "TrustBundle" => snapshot with { TrustBundles = snapshot.TrustBundles.Add(key, document.Deserialize<TrustBundle>(ResourceJson.Strict)!) },
                "ReferenceGrant" => snapshot with { ReferenceGrants = snapshot.ReferenceGrants.Add(key, document.Deserialize<ReferenceGrant>(ResourceJson.Strict)!) },
                "ConfigMap" => snapshot with { ConfigMaps = snapshot.ConfigMaps.Add(key, Known<V1ConfigMap>(document)) },
                "Secret" => snapshot with { Secrets = snapshot.Secrets.Add(key, Known<V1Secret>(document)) },
                "Service" => snapshot with { Services = snapshot.Services.Add(key, Known<V1Service>(document)) },
                "EndpointSlice" => snapshot with { EndpointSlices = snapshot.EndpointSlices.Add(key, Known<V1EndpointSlice>(document)) },
                "Situation" => snapshot,
                var kind => throw new NotSupportedException(kind),
            };
        }

        return snapshot;
    }

    private static string KindOf(JsonObject document) => (string)document["kind"]!;

    private static T Known<T>(JsonObject document) => KubernetesJson.Deserialize<T>(document.ToJsonString());
}
