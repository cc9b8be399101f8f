using System.Collections.Immutable;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Peers;

/// <summary>Apache as a backend.</summary>
public static class Apache
{
    private const string Program = "/usr/sbin/apache2";
    private const string Modules = "/usr/lib/apache2/modules";

    public static bool IsInstalled => File.Exists(Program);

    public static Task<DebianPeer> StartAsync(ImmutableArray<PeerSite> sites, CancellationToken cancellationToken) =>
        DebianPeer.StartAsync(sites, Start, cancellationToken);

    private static RunningProcess Start(TemporaryFolder folder, ImmutableArray<PeerFiles> sites) =>
        RunningProcess.Start("apache2", Program, "-d", folder.Path, "-f", folder.Write("apache2.conf", Configuration(folder, sites)), "-DFOREGROUND");

    private static string Configuration(TemporaryFolder folder, ImmutableArray<PeerFiles> sites) => $$"""
        ServerRoot "{{folder.Path}}"
        DefaultRuntimeDir "{{folder.Path}}"
        PidFile "{{folder["apache2.pid"]}}"
        ServerName localhost
        User www-data
        Group www-data
        LoadModule mpm_event_module {{Modules}}/mod_mpm_event.so
        LoadModule authz_core_module {{Modules}}/mod_authz_core.so
        LoadModule dir_module {{Modules}}/mod_dir.so
        LoadModule ssl_module {{Modules}}/mod_ssl.so
        LoadModule http2_module {{Modules}}/mod_http2.so
        ErrorLog "/dev/stderr"
        LogFormat "%{Host}i \"%r\" %>s %{SSL_TLS_SNI}x" portcullis
        CustomLog "{{DebianPeer.AccessLogPath(folder)}}" portcullis
        SSLRandomSeed startup builtin
        StartServers 1
        ServerLimit 2
        ThreadsPerChild 8
        MaxRequestWorkers 16
        Protocols h2 http/1.1
        DirectoryIndex index.html
        {{string.Join('\n', sites.Select(files => files.Site.Port).Distinct().Select(port => $"Listen 127.0.0.1:{port}"))}}
        <Directory "{{folder["www"]}}">
          Require all granted
        </Directory>
        {{string.Join('\n', sites.Select(files => VirtualHost(folder, files)))}}
        """;

    private static string VirtualHost(TemporaryFolder folder, PeerFiles files) => $"""
        <VirtualHost 127.0.0.1:{files.Site.Port}>
          ServerName {files.Site.ServerName}
          DocumentRoot "{folder["www"]}"
        {(files.Site.Chain is null ? "" : Tls(files))}
        </VirtualHost>
        """;

    private static string Tls(PeerFiles files) => $"""
          SSLEngine on
          SSLCertificateFile "{files.ChainFile}"
          SSLCertificateKeyFile "{files.KeyFile}"
          {(files.ClientRootFile is { } root ? $"SSLVerifyClient require\nSSLVerifyDepth 3\nSSLCACertificateFile \"{root}\"" : "")}
        """;
}
