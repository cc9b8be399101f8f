using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portcullis.TestKit.Events;

namespace Portcullis.TestKit.Backends;

/// <summary>
/// A real HTTPS server on loopback that presents what a test chooses and records what reaches it: connections, SNI, requests, and every
/// decrypted byte. <see cref="BackendEndpoints"/> lists what it answers.
/// </summary>
public sealed class TlsBackend : IAsyncDisposable
{
    private readonly TlsBackendOptions options;
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, RecordedConnection> live = new(StringComparer.Ordinal);
    private readonly BackendEndpoints endpoints;
    private int accepted;
    private volatile Certificates certificates;

    private TlsBackend(TlsBackendOptions options)
    {
        this.options = options;
        certificates = Certificates.Of(options.Default, options.VirtualHosts);
        application = Build();
        endpoints = new BackendEndpoints(options.Name, application.Lifetime.ApplicationStopping);
        application.UseWebSockets();
        application.Run(AnswerAsync);
    }

    /// <summary>Every accepted TCP connection, also those whose handshake failed.</summary>
    public Journal<RecordedConnection> Connections { get; } = new();

    public Journal<RecordedRequest> Requests { get; } = new();

    /// <summary>Decrypted bytes received from all clients so far. Zero is what a refused backend must have seen.</summary>
    public long ApplicationBytes => Connections.Entries.Sum(connection => connection.ApplicationBytes);

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    public int Port => EndPoint.Port;

    public static async Task<TlsBackend> StartAsync(TlsBackendOptions options, CancellationToken cancellationToken)
    {
        var backend = new TlsBackend(options);
        await backend.application.StartAsync(cancellationToken).ConfigureAwait(false);
        backend.EndPoint = new IPEndPoint(options.Address, backend.BoundPort());

        return backend;
    }

    /// <summary>A backend that presents this one chain whatever the SNI.</summary>
    public static Task<TlsBackend> StartAsync(PresentedChain chain, CancellationToken cancellationToken) =>
        StartAsync(new TlsBackendOptions { Default = chain }, cancellationToken);

    /// <summary>New connections are shown this from now on.</summary>
    public void Present(PresentedChain? byDefault, ImmutableDictionary<string, PresentedChain> virtualHosts) =>
        certificates = Certificates.Of(byDefault, virtualHosts);

    /// <inheritdoc cref="Present(PresentedChain, ImmutableDictionary{string, PresentedChain})"/>
    public void Present(PresentedChain byDefault) => Present(byDefault, ImmutableDictionary<string, PresentedChain>.Empty);

    /// <summary>Lets everything that waits on <c>/hold</c> be answered, now and from now on.</summary>
    public void Release() => endpoints.Release();

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await application.StopAsync(atOnce.Token).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(options.Address, options.Port, Listen);
        });

        return builder.Build();
    }

    private void Listen(ListenOptions listen)
    {
        listen.Protocols = options.Protocols;
        listen.Use(next => connection => RecordAsync(connection, next));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = context => ValueTask.FromResult(Handshake(context)),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
        });
        listen.Use(next => connection => CountAsync(connection, next));
    }

    private async Task RecordAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = new RecordedConnection(Interlocked.Increment(ref accepted), context.RemoteEndPoint);
        live[context.ConnectionId] = connection;
        Connections.Add(connection);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            live.TryRemove(context.ConnectionId, out _);
            connection.Close();
            Connections.Touch();
        }
    }

    private SslServerAuthenticationOptions Handshake(TlsHandshakeCallbackContext context)
    {
        // An empty name means that there was none.
        var name = context.ClientHelloInfo.ServerName is { Length: > 0 } sent ? sent : null;
        live[context.Connection.ConnectionId].SawHello(name);
        Connections.Touch();

        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.For(name),
            EnabledSslProtocols = options.TlsVersions,
            ClientCertificateRequired = options.ClientRoot is not null,
            CertificateChainPolicy = ClientPolicy(),
            RemoteCertificateValidationCallback = options.ClientRoot is null ? null : (_, leaf, chain, errors) => Accepts(live[context.Connection.ConnectionId], leaf, chain, errors),
        };
    }

    private bool Accepts(RecordedConnection connection, X509Certificate? leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (leaf is null)
        {
            return options.ClientCertificateIsOptional;
        }

        // What came with the leaf is what the policy did not have before.
        connection.WasShown([leaf.GetRawCertData(), .. (chain?.ChainPolicy.ExtraStore ?? []).Select(certificate => certificate.RawData).Where(der => !der.SequenceEqual(leaf.GetRawCertData()))]);
        return errors == SslPolicyErrors.None;
    }

    private X509ChainPolicy? ClientPolicy() => options.ClientRoot is null
        ? null
        : new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { options.ClientRoot },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };

    private async Task CountAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = live[context.ConnectionId];
        connection.CompletedHandshake();
        Connections.Touch();
        context.Transport = new CountingDuplexPipe(context.Transport, connection.Received);

        await next(context).ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = new RecordedRequest
        {
            Connection = live[ConnectionIdOf(context)],
            Method = context.Request.Method,
            Host = context.Request.Headers.Host.ToString(),
            Target = context.Request.Path + context.Request.QueryString,
            Protocol = context.Request.Protocol,
            Headers = context.Request.Headers.ToImmutableDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        };
        Requests.Add(request);

        return endpoints.AnswerAsync(context, request);
    }

    private static string ConnectionIdOf(HttpContext context) => context.Connection.Id;

    private int BoundPort()
    {
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;

        return BindingAddress.Parse(addresses.Single()).Port;
    }

    private sealed record Certificates(SslStreamCertificateContext? Default, ImmutableDictionary<string, SslStreamCertificateContext> ByName)
    {
        public static Certificates Of(PresentedChain? byDefault, ImmutableDictionary<string, PresentedChain> byName) => new(
            byDefault?.ToContext(),
            byName.ToImmutableDictionary(host => host.Key, host => host.Value.ToContext(), StringComparer.OrdinalIgnoreCase));

        public SslStreamCertificateContext? For(string? name) => name is not null && ByName.TryGetValue(name, out var own) ? own : Default;
    }
}
