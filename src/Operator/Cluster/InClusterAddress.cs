namespace Portcullis.Operator.Cluster;

/// <summary>The API server as a pod finds it.</summary>
internal static class InClusterAddress
{
    public const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="folder">Where the ServiceAccount's token and the cluster's CA are mounted.</param>
    /// <exception cref="InvalidDataException">This is no pod, or none that may ask the API server. The message says what to do.</exception>
    public static ApiServerAddress Of(Func<string, string?> variable, string folder = DefaultFolder)
    {
        if (variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port)
        {
            throw new InvalidDataException(
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no pod of a cluster. Outside of one, name a kubeconfig: --kubeconfig FILE.");
        }

        if (!Uri.TryCreate($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host)}:{port}", UriKind.Absolute, out var address))
        {
            throw new InvalidDataException($"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address: '{host}' and '{port}'.");
        }

        return new ApiServerAddress { Address = address, CaFile = Mounted(folder, "ca.crt"), TokenFile = Mounted(folder, "token") };
    }

    private static string Mounted(string folder, string name)
    {
        var file = Path.Combine(folder, name);

        return File.Exists(file)
            ? file
            : throw new InvalidDataException($"{file} is not there. Give the pod a ServiceAccount, and do not set automountServiceAccountToken: false on it.");
    }
}
