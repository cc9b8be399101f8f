using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Comparison;

/// <summary>Debian's proxies, configured to verify their backends as their manuals say.</summary>
internal static class Fronts
{
    private const string Modules = "/usr/lib/apache2/modules";

    public static RunningProcess Nginx(TemporaryFolder folder, FrontSetup setup) => RunningProcess.Start(
        "nginx", "/usr/sbin/nginx", "-p", folder.Path, "-e", "stderr", "-c", folder.Write("front.conf", $$"""
            daemon off;
            master_process off;
            pid {{folder["nginx.pid"]}};
            error_log stderr;
            events {}
            http {
              access_log off;
              client_body_temp_path {{folder["body"]}};
              proxy_temp_path {{folder["proxy"]}};
              fastcgi_temp_path {{folder["fastcgi"]}};
              uwsgi_temp_path {{folder["uwsgi"]}};
              scgi_temp_path {{folder["scgi"]}};
              ssl_certificate {{setup.ChainFile}};
              ssl_certificate_key {{setup.KeyFile}};
              proxy_http_version 1.1;
              client_header_timeout 5s;
              client_body_timeout 5s;
              keepalive_timeout 2s;
              proxy_read_timeout 5s;
            {{Lines(setup, route => $$"""
              server {
                listen 127.0.0.1:{{setup.Port}} ssl;
                server_name {{route.Host}};
                location / {
                  proxy_pass https://127.0.0.1:{{route.Port}};
                  {{(route.KeepsHost ? "proxy_set_header Host $host;" : "")}}
                  {{(route.Careless ? "" : $"proxy_ssl_verify on; proxy_ssl_trusted_certificate {setup.RootFile}; proxy_ssl_verify_depth 4; proxy_ssl_name {ComparedCase.Identity}; proxy_ssl_server_name on;")}}
                }
              }
              """)}}
            }
            """));

    public static RunningProcess Apache(TemporaryFolder folder, FrontSetup setup) => RunningProcess.Start(
        "apache2", "/usr/sbin/apache2", "-d", folder.Path, "-DFOREGROUND", "-f", folder.Write("front.conf", $$"""
            ServerRoot "{{folder.Path}}"
            DefaultRuntimeDir "{{folder.Path}}"
            PidFile "{{folder["apache2.pid"]}}"
            ServerName localhost
            User www-data
            Group www-data
            {{string.Join('\n', new[] { "mpm_event", "authz_core", "ssl", "proxy", "proxy_http" }.Select(module => $"LoadModule {module}_module {Modules}/mod_{module}.so"))}}
            ErrorLog "/dev/stderr"
            SSLRandomSeed startup builtin
            StartServers 1
            ServerLimit 2
            ThreadsPerChild 8
            MaxRequestWorkers 16
            Timeout 5
            KeepAliveTimeout 2
            Listen 127.0.0.1:{{setup.Port}}
            {{Lines(setup, route => $"""
            <VirtualHost 127.0.0.1:{setup.Port}>
              ServerName {route.Host}
              SSLEngine on
              SSLCertificateFile "{setup.ChainFile}"
              SSLCertificateKeyFile "{setup.KeyFile}"
              SSLProxyEngine on
              {(route.Careless ? "" : $"SSLProxyVerify require\n  SSLProxyVerifyDepth 4\n  SSLProxyCACertificateFile \"{setup.RootFile}\"")}
              ProxyPreserveHost {(route.KeepsHost ? "On" : "Off")}
              ProxyPass / https://{ComparedCase.Identity}:{route.Port}/ retry=0
            </VirtualHost>
            """)}}
            """));

    public static RunningProcess Haproxy(TemporaryFolder folder, FrontSetup setup) =>
        RunningProcess.Start("haproxy", HaproxyProgram, "-db", "-f", folder.Write("front.cfg", HaproxyConfiguration(setup)));

    /// <summary>Only checks the configuration, as it does at every start.</summary>
    public static RunningProcess HaproxyCheck(TemporaryFolder folder, FrontSetup setup) =>
        RunningProcess.Start("haproxy", HaproxyProgram, "-c", "-f", folder.Write("check.cfg", HaproxyConfiguration(setup)));

    public const string HaproxyProgram = "/usr/sbin/haproxy";

    private static string HaproxyConfiguration(FrontSetup setup) => $$"""
        global
          log stdout format raw local0
        defaults
          mode http
          log global
          option httplog
          retries 0
          timeout connect 5s
          timeout http-request 5s
          timeout http-keep-alive 2s
          timeout client 5s
          timeout server 5s
        frontend front
          bind 127.0.0.1:{{setup.Port}} ssl crt {{setup.BothFile}}
        {{Lines(setup, route => $"  use_backend {route.Host} if {{ hdr(host) -i {route.Host} }}")}}
        {{Lines(setup, route => $"""
        backend {route.Host}
          server backend 127.0.0.1:{route.Port} ssl {(route.Careless ? "" : $"verify required ca-file {setup.RootFile} sni str({ComparedCase.Identity}) verifyhost {ComparedCase.Identity}")}
        """)}}

        """;

    private static string Lines(FrontSetup setup, Func<ComparedRoute, string> line) => string.Join('\n', setup.Routes.Select(line));
}
