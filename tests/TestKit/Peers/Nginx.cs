using System.Collections.Immutable;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.Peers;

/// <summary>nginx as a backend.</summary>
public static class Nginx
{
    private const string Program = "/usr/sbin/nginx";

    public static bool IsInstalled => File.Exists(Program);

    /// <param name="sites">To be served.</param>
    /// <param name="cancellationToken">Ends the waiting for the start.</param>
    /// <param name="requestsPerConnection">After which nginx ends a connection; its default.</param>
    public static Task<DebianPeer> StartAsync(ImmutableArray<PeerSite> sites, CancellationToken cancellationToken, int requestsPerConnection = 1000) =>
        DebianPeer.StartAsync(sites, (folder, files) => Start(folder, files, requestsPerConnection), cancellationToken);

    private static RunningProcess Start(TemporaryFolder folder, ImmutableArray<PeerFiles> sites, int requestsPerConnection) => RunningProcess.Start(
        "nginx", Program, "-p", folder.Path, "-c", folder.Write("nginx.conf", Configuration(folder, sites, requestsPerConnection)), "-e", "stderr");

    private static string Configuration(TemporaryFolder folder, ImmutableArray<PeerFiles> sites, int requestsPerConnection) => $$"""
        daemon off;
        master_process off;
        pid {{folder["nginx.pid"]}};
        error_log stderr notice;
        events { worker_connections 256; }
        http {
          log_format portcullis '$http_host "$request" $status $ssl_server_name';
          access_log {{DebianPeer.AccessLogPath(folder)}} portcullis;
          client_body_temp_path {{folder["body"]}};
          proxy_temp_path {{folder["proxy"]}};
          fastcgi_temp_path {{folder["fastcgi"]}};
          uwsgi_temp_path {{folder["uwsgi"]}};
          scgi_temp_path {{folder["scgi"]}};
          root {{folder["www"]}};
          keepalive_requests {{requestsPerConnection}};
          types { text/html html; }
        {{string.Join('\n', sites.Select(Server))}}
        }
        """;

    private static string Server(PeerFiles files) => files.Site.Chain is null
        ? $$"""  server { listen 127.0.0.1:{{files.Site.Port}}; server_name {{files.Site.ServerName}}; }"""
        : $$"""
              server {
                listen 127.0.0.1:{{files.Site.Port}} ssl http2;
                server_name {{files.Site.ServerName}};
                ssl_certificate {{files.ChainFile}};
                ssl_certificate_key {{files.KeyFile}};
                {{(files.ClientRootFile is { } root ? $"ssl_verify_client on; ssl_verify_depth 3; ssl_client_certificate {root};" : "")}}
                {{(files.Site.Application is { } port ? $"location / {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $http_host; }}" : "")}}
              }
            """;
}
