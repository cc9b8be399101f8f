using System.Text.Json.Nodes;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>Small good objects, for tests to make and to spoil.</summary>
internal static class Objects
{
    public static JsonObject ConfigMap(string name, string value = "1") => Json.Parse($$$"""
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{{name}}}"}, "data": {"key": "{{{value}}}"}}
        """);

    public static JsonObject Secret(string name) => Json.Parse($$$"""
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "{{{name}}}"}, "stringData": {"key": "value"}}
        """);

    public static JsonObject Lease(string name, string renewed) => Json.Parse($$$"""
        {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "{{{name}}}"},
         "spec": {"holderIdentity": "a", "leaseDurationSeconds": 15, "leaseTransitions": 0, "acquireTime": "{{{renewed}}}", "renewTime": "{{{renewed}}}"}}
        """);

    public static JsonObject TrustBundle(string group, string name) => Json.Parse($$$"""
        {"apiVersion": "{{{group}}}/v1alpha1", "kind": "TrustBundle", "metadata": {"name": "{{{name}}}"},
         "spec": {"sources": [{"name": "corp", "configMap": {"name": "corp-root"}}]}}
        """);

    public static JsonObject Route(string group, string name) => Json.Parse($$$"""
        {"apiVersion": "{{{group}}}/v1alpha1", "kind": "BackendRoute", "metadata": {"name": "{{{name}}}"},
         "spec": {
           "hostnames": ["app.example.com"],
           "rules": [{"name": "all", "backendRefs": [{"name": "orders"}]}],
           "backends": [{"name": "orders", "serviceRef": {"name": "orders", "port": 8443},
             "tls": {"validation": {"caCertificateRefs": [{"name": "corp"}], "hostname": "orders.internal"} } }] } }
        """);

    /// <summary>The status of one condition, as somebody applies it.</summary>
    public static JsonObject Status(JsonObject of, string condition, string status) => Json.Parse($$$"""
        {"apiVersion": "{{{of.Text("apiVersion")}}}", "kind": "{{{of.Text("kind")}}}", "metadata": {"name": "{{{of.Name()}}}"},
         "status": {"conditions": [{"type": "{{{condition}}}", "status": "{{{status}}}", "reason": "Because", "message": "", "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
        """);
}
