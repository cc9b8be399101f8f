using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Identity;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.FakeApiServer.Serving;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Leadership;

/// <summary>The operator as the chart installs it, at an API server that holds it to the chart's roles.</summary>
public sealed class RightsTests : IAsyncLifetime
{
    private const string Own = "portcullis-system";
    private const string Account = "portcullis-operator";
    private const string Reader = "portcullis-secret-reader";
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly TestAuthority root = TestAuthority.CreateRoot("company");
    private readonly ImmutableArray<JsonObject> chart =
        [.. YamlDocuments.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "chart", "rendered.yaml"))).Select(document => document.Root).OfType<JsonObject>()];

    private ApiServer server = null!;

    private CancellationToken Cancellation => patience.Token;

    private IEnumerable<ApiRequest> Asked => server.Requests.Entries.Where(request => request.User == $"system:serviceaccount:{Own}:{Account}");

    public async ValueTask InitializeAsync()
    {
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        server = await ApiServer.StartAsync(new ApiServerOptions { Namespaces = ["default", Own, "shop"] }, Cancellation);
        var assembly = typeof(ClusterHost).Assembly;

        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("crds/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            server.Objects.Apply(reader.ReadToEnd());
        }

        server.Objects.Apply(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: referencegrants.gateway.networking.k8s.io
              annotations: {api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/2997}
            spec:
              group: gateway.networking.k8s.io
              names: {kind: ReferenceGrant, plural: referencegrants}
              scope: Namespaced
              versions: [{name: v1beta1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        patience.Dispose();
        root.Dispose();
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task The_operator_is_refused_nothing_and_makes_use_of_every_right_that_it_has()
    {
        Install();
        Declare("company");
        await using var replica = await Replica.StartAsync(server, "first", server.IssueToken(new ResourceKey(Own, Account), TimeSpan.FromHours(1)), Told());
        replica.Log.Announce("portcullis-gateway-trust-3, a trust shard of gateway 'default', does not exist");
        await replica.Authenticator.IdentifyAsync(server.IssueToken(new ResourceKey(Own, "portcullis-gateway"), TimeSpan.FromMinutes(10), "gateway-1", "portcullis-operator"), Cancellation);

        // What was kept from earlier is renewed, and what is deleted is made again.
        await server.Requests.WaitAsync(_ => Asked.Count(request => request.Verb == "update" && request.Resource is "secrets" or "configmaps") >= 2, Cancellation);
        server.Objects.Delete("Secret", new ResourceKey(Own, $"{Account}-authority"));
        server.Objects.Delete("ConfigMap", new ResourceKey(Own, $"{Account}-ca"));

        // Something to tell.
        await server.Requests.WaitAsync(_ => Asked.Any(request => request is { Verb: "patch", Resource: "configmaps" }), Cancellation);
        await server.ChangedAsync("BackendRoute", new ResourceKey("shop", "orders"), route => route?["status"] is not null, Cancellation);
        Declare("missing");

        var rights = Rights();
        var unused = rights;
        await server.Requests.WaitAsync(_ => (unused = unused.RemoveAll(right => Asked.Any(right.IsUsedBy))).IsEmpty, Cancellation).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Empty(unused);
        Assert.True(rights.Length > 30, "the roles of the chart were not found");
        Assert.DoesNotContain(Asked, request => request.Status == HttpStatusCode.Forbidden);
        Assert.DoesNotContain(Asked, request => request.Resource.Length > 0 && !rights.Any(right => right.IsUsedBy(request)));
    }

    /// <summary>Roles, accounts and ConfigMaps of the chart, but for one shard; what a tenant binds; and what an earlier operator left, near its end.</summary>
    private void Install()
    {
        foreach (var one in chart.Where(one => one["kind"]!.GetValue<string>() is "ServiceAccount" or "ConfigMap" or "Role" or "RoleBinding" or "ClusterRole" or "ClusterRoleBinding"))
        {
            if (NameOf(one) != "portcullis-gateway-trust-3")
            {
                server.Objects.Apply(one.ToJsonString());
            }
        }

        var authority = LinkAuthority.Create([], TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(320));
        server.Objects.Apply(
            $$$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {namespace: shop, name: "{{{Reader}}}"}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "{{{Reader}}}"}
            subjects: [{kind: ServiceAccount, name: {{{Account}}}, namespace: "{{{Own}}}"}]
            ---
            apiVersion: v1
            kind: Secret
            metadata: {namespace: {{{Own}}}, name: {{{Account}}}-authority}
            data: {ca.crt: {{{Base64(authority.CertificatesPem)}}}, ca.key: "{{{Base64(authority.KeyPem)}}}"}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {namespace: {{{Own}}}, name: {{{Account}}}-ca}
            data: {ca.crt: another}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {namespace: {{{Own}}}, name: gateway-1}
            spec: {serviceAccountName: portcullis-gateway, containers: [{name: gateway, image: gateway}]}
            """);
        var uid = server.Objects.Find("Pod", new ResourceKey(Own, "gateway-1"))!["metadata"]!["uid"]!.GetValue<string>();
        server.Objects.Apply(
            $$$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {namespace: {{{Own}}}, name: gateways, labels: {kubernetes.io/service-name: portcullis-gateway}}
            addressType: IPv4
            endpoints: [{addresses: [10.1.2.3], targetRef: {kind: Pod, namespace: {{{Own}}}, name: gateway-1, uid: "{{{uid}}}"}}]
            """);
    }

    /// <summary>A bundle from a ConfigMap, and a route with a certificate of its own.</summary>
    private void Declare(string bundle) => server.Objects.Apply(
        $$$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {namespace: shop, name: company}
        data: {ca.crt: {{{JsonSerializer.Serialize(root.Pem)}}} }
        ---
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {namespace: shop, name: company}
        spec: {sources: [{name: map, configMap: {name: company, key: ca.crt}}]}
        ---
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {namespace: shop, name: orders}
        spec:
          hostnames: [orders.test]
          frontend: {certificateRef: {name: orders}}
          rules: [{name: all, backendRefs: [{name: orders}]}]
          backends:
          - name: orders
            endpoints: [{ip: 192.0.2.7, port: 443}]
            tls: {validation: {caCertificateRefs: [{name: "{{{bundle}}}"}], hostname: orders.internal}}
        """);

    private ClusterOptions Told()
    {
        var text = chart.Select(one => one["data"]?["operator.yaml"]).OfType<JsonNode>().Single().GetValue<string>();
        var (options, problems) = ClusterOptionsFile.Read(text);
        Assert.Empty(problems);

        return options!;
    }

    private ImmutableArray<Right> Rights() =>
    [
        .. chart.Where(one => one["kind"]!.GetValue<string>() == "Role").SelectMany(role => Right.Of(role, role["metadata"]!["namespace"]!.GetValue<string>())),
        .. chart.Where(one => one["kind"]!.GetValue<string>() == "ClusterRole" && NameOf(one) == Account).SelectMany(role => Right.Of(role, "")),
        .. chart.Where(one => one["kind"]!.GetValue<string>() == "ClusterRole" && NameOf(one) == Reader).SelectMany(role => Right.Of(role, "shop")),
    ];

    private static string NameOf(JsonObject one) => one["metadata"]!["name"]!.GetValue<string>();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
