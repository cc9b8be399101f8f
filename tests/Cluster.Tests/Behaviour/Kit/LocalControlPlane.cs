using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>A real etcd and a real kube-apiserver from a folder, as envtest lays them out, with certificates, keys and a token of this run.</summary>
internal sealed class LocalControlPlane : ITestCluster
{
    private readonly TemporaryFolder folder;
    private readonly TestAuthority authority;
    private readonly RunningProcess etcd;
    private readonly RunningProcess apiServer;

    private LocalControlPlane(TemporaryFolder folder, TestAuthority authority, RunningProcess etcd, RunningProcess apiServer, ClusterAccess access)
    {
        this.folder = folder;
        this.authority = authority;
        this.etcd = etcd;
        this.apiServer = apiServer;
        Access = access;
    }

    public ClusterAccess Access { get; }

    public static async Task<LocalControlPlane> StartAsync(string assets, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var authority = TestAuthority.CreateRoot("test-cluster");
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var port = FreePorts.Next();
        var etcdPort = FreePorts.Next();
        using var certificate = authority.Issue(CertificateRecipe.ForServer("localhost", "kubernetes.default.svc").WithIp("127.0.0.1"));
        using var accountKey = TestKey.Create(KeyKind.Rsa2048);

        var etcd = StartEtcd(assets, folder, etcdPort);
        var apiServer = RunningProcess.Start(
            "kube-apiserver", Path.Combine(assets, "kube-apiserver"),
            $"--etcd-servers=http://127.0.0.1:{etcdPort}",
            "--bind-address=127.0.0.1", $"--secure-port={port}",
            $"--cert-dir={folder["apiserver"]}",
            $"--tls-cert-file={folder.Write("tls.crt", TestPem.Certificates(certificate))}",
            $"--tls-private-key-file={folder.Write("tls.key", TestPem.PrivateKey(certificate))}",
            $"--token-auth-file={folder.Write("tokens.csv", $"{token},admin,admin,system:masters\n")}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            $"--service-account-signing-key-file={folder.Write("sa.key", accountKey.ExportPem())}",
            $"--service-account-key-file={folder["sa.key"]}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            "--authorization-mode=RBAC",
            // There is no controller that would make the accounts it asks for.
            "--disable-admission-plugins=ServiceAccount");

        var access = new ClusterAccess(
            new Uri($"https://localhost:{port}/"), new IPEndPoint(IPAddress.Loopback, port), X509CertificateLoader.LoadCertificate(authority.Certificate.RawData), token, ClientCertificate: null);
        var plane = new LocalControlPlane(folder, authority, etcd, apiServer, access);
        try
        {
            await apiServer.WaitUntilAsync(plane.IsReadyAsync, cancellationToken);
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await apiServer.DisposeAsync();
        await etcd.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    private static RunningProcess StartEtcd(string assets, TemporaryFolder folder, int port)
    {
        var peers = FreePorts.Next();

        return RunningProcess.Start(
            "etcd", Path.Combine(assets, "etcd"),
            $"--data-dir={folder["etcd"]}",
            $"--listen-client-urls=http://127.0.0.1:{port}", $"--advertise-client-urls=http://127.0.0.1:{port}",
            $"--listen-peer-urls=http://127.0.0.1:{peers}", $"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
            $"--initial-cluster=default=http://127.0.0.1:{peers}",
            "--unsafe-no-fsync");
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var client = TestClient.ToApiServer(Access.EndPoint, Access.Root, clientCertificate: null);
        try
        {
            using var answer = await client.GetAsync(new Uri(Access.Address, "readyz"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
