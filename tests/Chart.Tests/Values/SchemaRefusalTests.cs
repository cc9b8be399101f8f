using Portcullis.Chart.Tests.Helm;

namespace Portcullis.Chart.Tests.Values;

/// <summary>A wrong value is refused before anything is installed, and named.</summary>
public sealed class SchemaRefusalTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("replicas=3", "Additional property replicas is not allowed")]
    [InlineData("operator.replica=3", "operator: Additional property replica is not allowed")]
    [InlineData("operator.replicas=0", "operator.replicas: Must be greater than or equal to 1")]
    [InlineData("operator.replicas=two", "operator.replicas: Invalid type")]
    [InlineData("operator.log=yaml", "operator.log: operator.log must be one of the following: \"text\", \"json\"")]
    [InlineData("operator.image.digest=0123", "operator.image.digest: Does not match pattern")]
    [InlineData("operator.image.tag=a:b", "operator.image.tag: Does not match pattern")]
    [InlineData("operator.image.repository=", "operator.image.repository: String length must be greater than or equal to 1")]
    [InlineData("operator.resources.limits.memory=lots", "operator.resources.limits.memory: Does not match pattern")]
    [InlineData("operator.resources.limit.memory=1Gi", "operator.resources: Additional property limit is not allowed")]
    [InlineData("operator.nodeSelector.disk=true", "operator.nodeSelector.disk: Invalid type")]
    [InlineData("operator.podAnnotations.port=8082", "operator.podAnnotations.port: Invalid type")]
    [InlineData("operator.extraEnv[0].nam=A", "operator.extraEnv.0: name is required")]
    [InlineData("operator.podDisruptionBudget.maxUnavailable=half", "operator.podDisruptionBudget.maxUnavailable: Does not match pattern")]
    [InlineData("image.pullPolicy=Sometimes", "image.pullPolicy: image.pullPolicy must be one of the following")]
    [InlineData("image.registry=https://registry.example.com", "image.registry: Does not match pattern")]
    [InlineData("image.pullSecrets={Pull_Secret}", "image.pullSecrets.0: Does not match pattern")]
    [InlineData("commonLabels.app\\.kubernetes\\.io/name=mine", "commonLabels: Property name of \"app.kubernetes.io/name\" does not match")]
    [InlineData("watchNamespaces=shop", "watchNamespaces: Invalid type")]
    [InlineData("watchNamespaces={Shop}", "watchNamespaces.0: Does not match pattern")]
    [InlineData("watchNamespaces={shop,shop}", "watchNamespaces: array items[0,1] must be unique")]
    [InlineData("secretNamespaces={*}", "secretNamespaces.0: Does not match pattern")]
    [InlineData("touchPods=sometimes", "touchPods: Invalid type")]
    [InlineData("domains[0].domain=*.example.com,domains[0].namespaces={shop}", "domains.0.domain: Does not match pattern")]
    [InlineData("domains[0].domain=example.com", "domains.0: namespaces is required")]
    [InlineData("forbiddenEndpoints={10.0.0.1}", "forbiddenEndpoints.0: Does not match pattern")]
    [InlineData("tokenAudience=", "tokenAudience: String length must be greater than or equal to 1")]
    [InlineData("rbac.aggregateToAdmin=true", "rbac: Additional property aggregateToAdmin is not allowed")]
    [InlineData("gateways=null", "gateways is required")]
    [InlineData("gateways[0].replicas=3", "gateways.0: name is required")]
    [InlineData("gateways[0].name=Default", "gateways.0.name: Does not match pattern")]
    [InlineData("gateways[0].name=a-name-that-is-too-long", "gateways.0.name: String length must be less than or equal to 20")]
    [InlineData("gateways[0].name=x,gateways[0].insecureSkipVerify=true", "gateways.0: Additional property insecureSkipVerify is not allowed")]
    [InlineData("gateways[0].name=x,gateways[0].service.type=ExternalName", "gateways.0.service.type: gateways.0.service.type must be one of the following")]
    [InlineData("gateways[0].name=x,gateways[0].trustShards=0", "gateways.0.trustShards: Must be greater than or equal to 1")]
    [InlineData("gatewayDefaults.trustShards=17", "gatewayDefaults.trustShards: Must be less than or equal to 16")]
    [InlineData("gatewayDefaults.service.nodePort=443", "gatewayDefaults.service.nodePort: Must validate at least one schema")]
    [InlineData("gatewayDefaults.tokenExpirationSeconds=7200", "gatewayDefaults.tokenExpirationSeconds: Must be less than or equal to 3600")]
    [InlineData("gatewayDefaults.tokenExpirationSeconds=60", "gatewayDefaults.tokenExpirationSeconds: Must be greater than or equal to 600")]
    [InlineData("gatewayDefaults.drain.delay=10s", "gatewayDefaults.drain: Additional property delay is not allowed")]
    [InlineData("gatewayDefaults.allowNetworks={localhost}", "gatewayDefaults.allowNetworks.0: Does not match pattern")]
    [InlineData("gatewayDefaults.defaultCertificate.name=Front_Cert", "gatewayDefaults.defaultCertificate.name: Does not match pattern")]
    [InlineData("gatewayDefaults.savedConfigurationSize=64", "gatewayDefaults.savedConfigurationSize: ")]
    [InlineData("gateways[0].name=x,gateways[1].name=x", "two are named \"x\"")]
    public async Task A_wrong_value_is_refused_by_name(string set, string complaint)
    {
        var answer = await HelmProgram.TemplateAsync(cancellation, "--set", set);

        Assert.NotEqual(0, answer.Status);
        Assert.Contains(complaint, answer.Errors, StringComparison.Ordinal);
        Assert.Empty(answer.Printed);
    }

    [Theory]
    [InlineData("operator.replicas=1")]
    [InlineData("gatewayDefaults.replicas=0")]
    [InlineData("gatewayDefaults.service.nodePort=30443")]
    [InlineData("operator.resources.limits.cpu=2")]
    [InlineData("operator.resources.limits.memory=1.5Gi")]
    [InlineData("operator.podDisruptionBudget.maxUnavailable=50%")]
    [InlineData("image.registry=registry.example.com:5000/team")]
    [InlineData("image.registry=")]
    [InlineData("global.anything=x")]
    [InlineData("forbiddenEndpoints={[2001:db8::1]:6443}")]
    public async Task A_right_value_is_taken(string set) => (await HelmProgram.TemplateAsync(cancellation, "--set", set)).Succeeded();
}
