using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Running;

/// <summary>Resources as YAML, as far as these tests vary them.</summary>
internal static class Manifest
{
    public const string Namespace = "shop";

    /// <summary>A ConfigMap with these roots and a TrustBundle over it. What is drained on removal is gone after a second.</summary>
    public static string Bundle(string name, params X509Certificate2[] roots) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{name}}, namespace: {{Namespace}}}
        data:
          ca.crt: |
        {{Indented(TestPem.Certificates(roots).TrimEnd(), 4)}}
        ---
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {name: {{name}}, namespace: {{Namespace}}}
        spec:
          sources:
          - name: file
            configMap: {name: {{name}}, key: ca.crt}
          rollout: {onRemoval: Drain, drainTimeout: 1s}

        """;

    /// <summary>One host, one backend on loopback.</summary>
    /// <param name="identity">The name that the backend must prove, and the SNI.</param>
    /// <param name="more">Further lines of the backend, such as <c>protocol: HTTP2</c>.</param>
    public static string Route(string name, string host, int port, string bundle, string identity, params string[] more) =>
        Route(name, host, "- {name: all, backendRefs: [{name: backend}]}", [port], bundle, identity, more);

    /// <summary>One host, and rules of its own that lead to the backend <c>backend</c> on loopback.</summary>
    public static string Route(string name, string host, string rules, int[] ports, string bundle, string identity, params string[] more) => $$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {name: {{name}}, namespace: {{Namespace}}}
        spec:
          hostnames: ["{{host}}"]
          rules:
        {{Indented(rules, 2)}}
          backends:
          - name: backend
            endpoints: [{{string.Join(", ", ports.Select(port => $"{{ip: 127.0.0.1, port: {port}}}"))}}]
            tls:
              validation:
                caCertificateRefs: [{name: {{bundle}}}]
                hostname: {{identity}}
        {{Indented(string.Join('\n', more), 4)}}

        """;

    public static string TlsSecret(string name, X509Certificate2 certificate) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}, namespace: {{Namespace}}}
        type: kubernetes.io/tls
        data:
          tls.crt: {{Base64(TestPem.Certificates(certificate))}}
          tls.key: {{Base64(TestPem.PrivateKey(certificate))}}

        """;

    private static string Indented(string lines, int by) => string.Join('\n', lines.Split('\n').Select(line => (new string(' ', by) + line).TrimEnd()));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
