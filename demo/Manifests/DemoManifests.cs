using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Demo.Scenarios;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Demo.Manifests;

/// <summary>The demo's resources, in the YAML one would give to kubectl.</summary>
internal static class DemoManifests
{
    public const string Namespace = "demo";
    public const string FrontCertificate = "front";

    /// <summary>File name and content.</summary>
    public static ImmutableDictionary<string, string> All(DemoPki pki, ImmutableArray<ServedScenario> served)
    {
        var appliance = DemoScenarios.Appliance([.. served.Select(one => one.Scenario)]).Leaf;

        return ImmutableDictionary<string, string>.Empty
            .Add("trust.yaml", Bundle(DemoBundles.Company, pki.Root.Certificate) + "---\n" + Bundle(DemoBundles.Appliance, appliance))
            .Add("front.yaml", Front(Namespace, pki.Chain("*.demo.test")))
            .AddRange(served.Select(one => KeyValuePair.Create($"{one.Route}.yaml", Route(one))));
    }

    /// <summary>A TLS Secret, for the gateway's own certificate.</summary>
    public static string Front(string inNamespace, PresentedChain chain) => $"""
        apiVersion: v1
        kind: Secret
        metadata: {Meta(FrontCertificate, inNamespace)}
        type: kubernetes.io/tls
        data:
          tls.crt: {Base64(TestPem.Certificates([chain.Leaf, .. chain.Others]))}
          tls.key: {Base64(TestPem.PrivateKey(chain.Leaf))}

        """;

    private static string Bundle(string name, X509Certificate2 certificate) => $"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {Meta(name, Namespace)}
        data:
          ca.crt: |
        {Indented(certificate.ExportCertificatePem(), 4)}
        ---
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {Meta(name, Namespace)}
        spec:
          sources:
          - name: file
            configMap: {Open}name: {name}, key: ca.crt{Close}

        """;

    private static string Route(ServedScenario served) => $"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {Meta(served.Route, Namespace)}
        spec:
          hostnames: [{served.Host}]
          rules:
          - name: all
            backendRefs: [{Open}name: backend{Close}]
          backends:
          - name: backend
            endpoints: [{Open}ip: 127.0.0.1, port: {served.Port}{Close}]
            hostHeader: {Open}type: {served.Scenario.HostHeader}{Close}
            tls:
              validation:
                caCertificateRefs: [{Open}name: {served.Scenario.Bundle}{Close}]
        {Indented(string.Join('\n', served.Scenario.Identity), 8)}

        """;

    private const string Open = "{";
    private const string Close = "}";

    private static string Meta(string name, string inNamespace) => $"{Open}name: {name}, namespace: {inNamespace}{Close}";

    private static string Indented(string lines, int by) => string.Join('\n', lines.Split('\n').Select(line => new string(' ', by) + line));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
