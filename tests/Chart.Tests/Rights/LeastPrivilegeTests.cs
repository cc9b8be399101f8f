using System.Collections.Immutable;
using Portcullis.Chart.Tests.Rendered;

namespace Portcullis.Chart.Tests.Rights;

/// <summary>What no set of values may grant.</summary>
[Trait("Promise", "P10")]
public sealed class LeastPrivilegeTests
{
    private static readonly ImmutableArray<string> Escalating = ["*", "escalate", "bind", "impersonate", "delete", "deletecollection"];

    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ChartCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_gateway_has_no_rights_and_no_api_token(string name)
    {
        var rendering = await ChartCases.RenderAsync(name, cancellation);

        foreach (var gateway in rendering.Deployments.Where(one => one.Arguments[0] == "run"))
        {
            var account = gateway.Pod["serviceAccountName"]!.GetValue<string>();

            Assert.DoesNotContain(Grants.Of(rendering), grant => grant.Who == $"{gateway.Namespace}/{account}");
            Assert.False(gateway.Pod["automountServiceAccountToken"]!.GetValue<bool>());
            Assert.False(rendering.One("ServiceAccount", account).Json["automountServiceAccountToken"]!.GetValue<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Nobody_reads_secrets_everywhere(string name)
    {
        var grants = Grants.Of(await ChartCases.RenderAsync(name, cancellation));

        Assert.DoesNotContain(grants, grant => grant.Resource == "secrets" && grant.Where == Grant.Everywhere);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Programs_get_no_wildcard_and_nothing_that_gives_more_rights_or_deletes(string name)
    {
        var programs = Grants.Of(await ChartCases.RenderAsync(name, cancellation)).Where(grant => grant.Who.Contains('/', StringComparison.Ordinal)).ToImmutableArray();

        Assert.NotEmpty(programs);
        Assert.All(programs, grant => Assert.Empty(grant.Verbs.Intersect(Escalating)));
        Assert.All(programs, grant => Assert.DoesNotContain("*", grant.Resource, StringComparison.Ordinal));
    }

    // Kubernetes checks a name only where the request has one; "create" limited to a name is simply refused.
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Create_is_never_limited_to_names(string name)
    {
        var grants = Grants.Of(await ChartCases.RenderAsync(name, cancellation));

        Assert.All(grants.Where(grant => !grant.Names.IsEmpty), grant => Assert.DoesNotContain("create", grant.Verbs));
    }

    [Fact]
    public async Task Namespaced_mode_leaves_only_what_has_no_namespace_to_the_cluster_role()
    {
        var grants = Grants.Of(await ChartCases.RenderWithAsync("watchNamespaces={shop,blog}", cancellation));

        var everywhere = grants.Where(grant => grant.Where == Grant.Everywhere).Select(grant => grant.Resource);

        Assert.Equal(["customresourcedefinitions.apiextensions.k8s.io", "tokenreviews.authentication.k8s.io"], everywhere.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pods_can_be_patched_only_with_the_option_and_only_where_gateways_are()
    {
        var with = Grants.Of(await ChartCases.RenderWithAsync("touchPods=true", cancellation));
        var without = Grants.Of(await ChartCases.RenderWithAsync("touchPods=false", cancellation));

        Assert.Equal("portcullis-system", Assert.Single(with, grant => grant.Resource == "pods").Where);
        Assert.DoesNotContain(without, grant => grant.Resource == "pods");
    }

    [Fact]
    public async Task A_default_certificate_opens_one_secret_where_it_is()
    {
        var grants = Grants.Of(await ChartCases.RenderWithAsync("gatewayDefaults.defaultCertificate.name=front,gatewayDefaults.defaultCertificate.namespace=edge", cancellation));

        var grant = Assert.Single(grants, grant => grant.Where == "edge");

        Assert.Equal("secrets", grant.Resource);
        Assert.Equal(["front"], grant.Names);
        Assert.Equal(["list", "watch"], grant.Verbs);
    }

    [Fact]
    public async Task Trust_shards_can_be_patched_by_name_and_by_nobody_else()
    {
        var rendering = await ChartCases.RenderWithAsync("gatewayDefaults.trustShards=3", cancellation);
        string[] shards = ["portcullis-gateway-trust-0", "portcullis-gateway-trust-1", "portcullis-gateway-trust-2"];

        var patching = Grants.Of(rendering).Where(grant => grant.Resource == "configmaps" && grant.Verbs.Contains("patch"));

        Assert.Equal(shards, Assert.Single(patching).Names);
        Assert.All(shards, shard => Assert.False(rendering.One("ConfigMap", shard).Json.ContainsKey("data"), "helm would own what the operator writes"));
    }
}
