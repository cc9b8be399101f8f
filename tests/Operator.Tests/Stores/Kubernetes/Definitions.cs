using System.Text;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

/// <summary>CRDs as they are installed.</summary>
internal static class Definitions
{
    public static string BackendRoutes { get; } = Read("crds/portcullis.dev_backendroutes.yaml");

    public static string TrustBundles { get; } = Read("crds/portcullis.dev_trustbundles.yaml");

    public const string ReferenceGrantsName = "referencegrants.gateway.networking.k8s.io";

    public static string ReferenceGrants(params string[] versions) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: referencegrants.gateway.networking.k8s.io
          annotations: {api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/2997}
        spec:
          group: gateway.networking.k8s.io
          names: {kind: ReferenceGrant, plural: referencegrants}
          scope: Namespaced
          versions:
        {{string.Join("\n", versions.Select(Version))}}
        """;

    private static string Version(string version, int place) => $$"""
          - name: {{version}}
            served: true
            storage: {{(place == 0 ? "true" : "false")}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      from:
                        type: array
                        items: {type: object, properties: {group: {type: string}, kind: {type: string}, namespace: {type: string} } }
                      to:
                        type: array
                        items: {type: object, properties: {group: {type: string}, kind: {type: string}, name: {type: string} } }
        """;

    private static string Read(string resource)
    {
        using var stream = typeof(Program).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
