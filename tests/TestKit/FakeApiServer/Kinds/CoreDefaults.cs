using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>What the server fills into core kinds. Of Services and Pods only what somebody here may read.</summary>
internal static class CoreDefaults
{
    private static int lastClusterIp;

    public static void OfNamespace(JsonObject @namespace)
    {
        @namespace.Open("metadata").Open("labels")["kubernetes.io/metadata.name"] = @namespace.Text("metadata", "name");
        @namespace.Open("spec").Fill("finalizers", new JsonArray("kubernetes"));
        @namespace.Open("status").Fill("phase", "Active");
    }

    public static void OfSecret(JsonObject secret)
    {
        secret.Fill("type", "Opaque");
        if (secret["stringData"] is not JsonObject texts)
        {
            return;
        }

        foreach (var (key, value) in texts)
        {
            secret.Open("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text()));
        }

        secret.Remove("stringData");
    }

    public static void OfService(JsonObject service)
    {
        var spec = service.Open("spec");
        spec.Fill("type", "ClusterIP");
        spec.Fill("sessionAffinity", "None");
        foreach (var port in spec.Items("ports").OfType<JsonObject>())
        {
            port.Fill("protocol", "TCP");
            port.Fill("targetPort", port["port"]?.DeepClone() ?? 0);
        }

        if (spec.Text("type") != "ExternalName")
        {
            spec.Fill("clusterIP", NextClusterIp());
            spec.Fill("clusterIPs", new JsonArray(spec.Text("clusterIP")));
            spec.Fill("internalTrafficPolicy", "Cluster");
            spec.Fill("ipFamilies", new JsonArray("IPv4"));
            spec.Fill("ipFamilyPolicy", "SingleStack");
        }

        service.Open("status").Fill("loadBalancer", new JsonObject());
    }

    public static void OfPod(JsonObject pod)
    {
        var spec = pod.Open("spec");
        spec.Fill("restartPolicy", "Always");
        spec.Fill("terminationGracePeriodSeconds", 30);
        spec.Fill("dnsPolicy", "ClusterFirst");
        pod.Open("status").Fill("phase", "Pending");
    }

    public static void OfEndpointSlice(JsonObject slice)
    {
        foreach (var port in slice.Items("ports").OfType<JsonObject>())
        {
            port.Fill("name", "");
            port.Fill("protocol", "TCP");
        }
    }

    private static string NextClusterIp()
    {
        var next = Interlocked.Increment(ref lastClusterIp);
        return string.Create(CultureInfo.InvariantCulture, $"10.96.{next / 250 % 250}.{1 + (next % 250)}");
    }
}
