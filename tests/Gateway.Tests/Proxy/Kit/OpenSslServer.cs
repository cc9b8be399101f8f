using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Kit;

/// <summary><c>openssl s_server</c> on loopback: a TLS peer that is not .NET.</summary>
internal sealed class OpenSslServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo files;

    private OpenSslServer(Process process, DirectoryInfo files, int port)
    {
        this.process = process;
        this.files = files;
        Port = port;
    }

    public static bool IsInstalled { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "openssl")));

    public int Port { get; }

    /// <summary>Listens as soon as this returns.</summary>
    public static async Task<OpenSslServer> StartAsync(X509Certificate2 certificate, CancellationToken cancellationToken, params string[] options)
    {
        var files = Directory.CreateTempSubdirectory("portcullis-openssl-");
        var (chain, key, port) = (Path.Combine(files.FullName, "chain.pem"), Path.Combine(files.FullName, "key.pem"), FreePort());
        await File.WriteAllTextAsync(chain, TestPem.Certificates(certificate), cancellationToken);
        await File.WriteAllTextAsync(key, TestPem.PrivateKey(certificate), cancellationToken);
        var start = new ProcessStartInfo("openssl", ["s_server", "-accept", $"127.0.0.1:{port}", "-cert", chain, "-key", key, "-www", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new OpenSslServer(Process.Start(start) ?? throw new InvalidOperationException("openssl did not start."), files, port);
        await server.ListensAsync(cancellationToken);

        return server;
    }

    /// <summary>A port nobody listens on.</summary>
    public static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        files.Delete(recursive: true);
    }

    private async Task ListensAsync(CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("ACCEPT", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"openssl ended: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }
}
