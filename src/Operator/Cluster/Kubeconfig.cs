using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Portcullis.Operator.Cluster;

/// <summary>
/// The API server as a kubeconfig names it. Read here and not by KubernetesClient, which passes over tokenFile and proxy-url; what would be passed over
/// here is refused by name.
/// </summary>
internal static class Kubeconfig
{
    private const string Remedy =
        "Use a ServiceAccount's token (kubectl create token NAME -n NAMESPACE, written to a file that tokenFile names) or a client certificate.";

    private static readonly (string Key, string Why)[] RefusedOfCluster =
    [
        ("insecure-skip-tls-verify", "the API server is always verified. Remove it and set certificate-authority-data."),
        ("proxy-url", "the API server is reached directly. Remove it."),
    ];

    private static readonly (string Key, string Why)[] RefusedOfUser =
    [
        ("exec", "programs are not run to log in. " + Remedy),
        ("auth-provider", "providers are not asked to log in. " + Remedy),
        ("username", "passwords are not used. " + Remedy),
        ("password", "passwords are not used. " + Remedy),
        ("as", "nobody is impersonated. Use credentials of the user that is meant."),
    ];

    /// <exception cref="InvalidDataException">It cannot be used. The message says where and what to do, and repeats no credentials.</exception>
    public static ApiServerAddress Read(string file)
    {
        var root = KubeconfigNode.Parse(file, ContentOf(file, file));
        var context = root.Named("contexts", root.Text("current-context") ?? throw root.Wrong("current-context", "is not set. Choose one: kubectl config use-context NAME."), "context");
        var cluster = root.Named("clusters", context.Text("cluster") ?? throw context.Wrong("cluster", "is not set."), "cluster");
        var user = context.Text("user") is { Length: > 0 } name ? root.Named("users", name, "user") : KubeconfigNode.Empty(file);

        Refuse(cluster, RefusedOfCluster);
        Refuse(user, RefusedOfUser);

        return new ApiServerAddress
        {
            Address = AddressOf(cluster),
            ServerName = cluster.Text("tls-server-name"),
            CaFile = cluster.Text("certificate-authority-data") is null ? cluster.File("certificate-authority") : null,
            CaPem = AuthoritiesOf(cluster),
            Token = user.Text("token"),
            TokenFile = user.Text("token") is null ? user.File("tokenFile") : null,
            ClientCertificate = CertificateOf(user),
        };
    }

    private static void Refuse(KubeconfigNode node, (string Key, string Why)[] refused)
    {
        foreach (var (key, why) in refused)
        {
            if (node.Has(key))
            {
                throw node.Wrong(key, $"is not supported: {why}");
            }
        }
    }

    private static Uri AddressOf(KubeconfigNode cluster) =>
        Uri.TryCreate(cluster.Text("server"), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw cluster.Wrong("server", "must be an https address, such as https://10.0.0.1:6443.");

    private static string? AuthoritiesOf(KubeconfigNode cluster)
    {
        if (cluster.Text("certificate-authority-data") is { } data)
        {
            return Encoding.UTF8.GetString(Decoded(cluster, "certificate-authority-data", data));
        }

        return cluster.Has("certificate-authority")
            ? null
            : throw cluster.Wrong("certificate-authority-data", "is required: the API server is verified against this cluster's own CA and no other.");
    }

    private static X509Certificate2? CertificateOf(KubeconfigNode user)
    {
        var certificate = PemOf(user, "client-certificate-data", "client-certificate");
        var key = PemOf(user, "client-key-data", "client-key");

        try
        {
            return (certificate, key) switch
            {
                (null, null) => null,
                ({ }, { }) => X509Certificate2.CreateFromPem(certificate, key),
                _ => throw user.Wrong("client-certificate", "and client-key must both be set, or neither."),
            };
        }
        catch (CryptographicException)
        {
            // Its text may say more about the key than anybody should read.
            throw user.Wrong("client-certificate", "and client-key are not a PEM certificate and its unencrypted key.");
        }
    }

    private static string? PemOf(KubeconfigNode user, string dataKey, string fileKey) =>
        user.Text(dataKey) is { } data ? Encoding.UTF8.GetString(Decoded(user, dataKey, data))
        : user.File(fileKey) is { } file ? ContentOf(user.Source, file)
        : null;

    private static byte[] Decoded(KubeconfigNode node, string key, string data)
    {
        var content = new byte[data.Length];
        return Convert.TryFromBase64String(data, content, out var length) ? content[..length] : throw node.Wrong(key, "is not base64.");
    }

    private static string ContentOf(string kubeconfig, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{(file == kubeconfig ? "The kubeconfig" : $"{kubeconfig} names a file that")} cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
