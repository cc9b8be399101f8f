using System.Text;
using Portcullis.Contract;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

/// <summary>Objects for clusters under test.</summary>
internal static class Manifests
{
    public const string Pem = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";

    public static ResourceKey RouteKey { get; } = new("shop", "orders");

    public static ResourceKey BundleKey { get; } = new("shop", "company");

    public static ResourceKey ServiceKey { get; } = new("shop", "orders");

    public static string Route(string name = "orders", string frontend = "", string service = "orders", string protocol = "HTTP11") => $$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {name: {{name}}, namespace: shop}
        spec:
          hostnames: [{{name}}.example.com]
          {{(frontend.Length == 0 ? "" : $"frontend: {{certificateRef: {{name: {frontend}}}}}")}}
          rules:
          - name: all
            backendRefs: [{name: it}]
          backends:
          - name: it
            serviceRef: {name: {{service.Split('/')[^1]}}, port: 443{{(service.Contains('/', StringComparison.Ordinal) ? $", namespace: {service.Split('/')[0]}" : "")}} }
            protocol: {{protocol}}
            tls:
              validation:
                hostname: orders.internal
                caCertificateRefs: [{name: company}]
        ---

        """;

    public static string Bundle(string name = "company", string configMap = "roots", string secret = "") => $$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {name: {{name}}, namespace: shop}
        spec:
          sources:
          - name: roots
            configMap: {name: {{configMap}} }
          {{(secret.Length == 0 ? "" : $"- {{name: hidden, secret: {{name: {secret}}}}}")}}
        ---

        """;

    public static string ConfigMap(string key, string file = "ca.crt", string content = Pem) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{key.Split('/')[1]}}, namespace: {{key.Split('/')[0]}} }
        data:
          {{file}}: {{System.Text.Json.JsonSerializer.Serialize(content)}}
        ---

        """;

    public static string Secret(string key, string content = "confidential") => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{key.Split('/')[1]}}, namespace: {{key.Split('/')[0]}} }
        data: {ca.crt: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}} }
        ---

        """;

    public static string Service(string key, string note = "") => $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{key.Split('/')[1]}}, namespace: {{key.Split('/')[0]}}, annotations: {note: "{{note}}"} }
        spec: {clusterIP: 10.96.0.10, ports: [{port: 443}]}
        ---

        """;

    public static string Slice(string service, params string[] endpoints) => $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{service.Split('/')[1]}}-1, namespace: {{service.Split('/')[0]}}, labels: {kubernetes.io/service-name: {{service.Split('/')[1]}} } }
        addressType: IPv4
        ports: [{port: 8443, name: ""}]
        endpoints:
        {{string.Join("\n", endpoints.Select(endpoint => "- " + endpoint))}}
        ---

        """;

    public static string Grant(string ns, string version = "v1beta1") => $$"""
        apiVersion: gateway.networking.k8s.io/{{version}}
        kind: ReferenceGrant
        metadata: {name: for-shop, namespace: {{ns}} }
        spec:
          from: [{group: portcullis.dev, kind: BackendRoute, namespace: shop}]
          to: [{group: "", kind: Service}]
        ---

        """;

    /// <summary>What the operator may do, but for Secrets.</summary>
    public static string Roles(string extra = "") => $$"""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: operator}
        rules:
        - {apiGroups: [portcullis.dev], resources: [backendroutes, trustbundles], verbs: [list, watch]}
        - {apiGroups: [""], resources: [services, configmaps], verbs: [list, watch]}
        - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
        - {apiGroups: [gateway.networking.k8s.io], resources: [referencegrants], verbs: [list, watch]}
        - apiGroups: [apiextensions.k8s.io]
          resources: [customresourcedefinitions]
          resourceNames: [backendroutes.portcullis.dev, trustbundles.portcullis.dev, referencegrants.gateway.networking.k8s.io]
          verbs: [list, watch]
        {{extra}}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: operator}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: operator}
        subjects: [{kind: ServiceAccount, name: portcullis-operator, namespace: portcullis-system}]
        ---

        """;

    /// <param name="names">Of the Secrets; none for all.</param>
    public static string SecretReader(string ns, params string[] names) => $$"""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: {{ns}} }
        rules: [{apiGroups: [""], resources: [secrets], verbs: [list, watch]{{(names.Length == 0 ? "" : $", resourceNames: [{string.Join(", ", names)}]")}} }]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: {{ns}} }
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{kind: ServiceAccount, name: portcullis-operator, namespace: portcullis-system}]
        ---

        """;
}
