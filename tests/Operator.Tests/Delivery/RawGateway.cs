using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Tests.Delivery;

/// <summary>A gateway made of the bare protocol, so that a test sees every message and decides when to read.</summary>
internal sealed class RawGateway : IDisposable
{
    private readonly GrpcChannel channel;
    private readonly AsyncDuplexStreamingCall<GatewayMessage, OperatorMessage> call;

    private RawGateway(GrpcChannel channel, AsyncDuplexStreamingCall<GatewayMessage, OperatorMessage> call)
    {
        this.channel = channel;
        this.call = call;
    }

    /// <summary>Connects without a word.</summary>
    public static RawGateway Connect(OperatorEnd end, string? token = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(end.CaFile);
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        var channel = GrpcChannel.ForAddress(end.Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = WireLimits.MessageBytes });
        var headers = new Metadata { { "authorization", $"Bearer {token ?? File.ReadAllText(end.TokenFile)}" } };

        return new RawGateway(channel, new GatewayLink.GatewayLinkClient(channel).Connect(headers, cancellationToken: TestContext.Current.CancellationToken));
    }

    /// <summary>Connects, says hello and reads the heartbeat that says it was admitted.</summary>
    public static async Task<RawGateway> JoinAsync(OperatorEnd end, string gateway = "default", string uid = "uid-1", long epoch = 0, long sequence = 0, string revision = "")
    {
        var raw = Connect(end);
        await raw.SayHelloAsync(gateway, uid, epoch, sequence, revision);
        var first = await raw.ReadAsync();
        Assert.Equal(OperatorMessage.MessageOneofCase.Heartbeat, first.MessageCase);
        return raw;
    }

    public Task SayHelloAsync(string gateway = "default", string uid = "uid-1", long epoch = 0, long sequence = 0, string revision = "", int contractVersion = 1) =>
        call.RequestStream.WriteAsync(new GatewayMessage
        {
            Hello = new Hello { Gateway = gateway, PodName = "pod-" + uid, PodUid = uid, ContractVersion = contractVersion, Epoch = epoch, Sequence = sequence, Revision = revision },
        });

    public Task SendAsync(GatewayReport report) => call.RequestStream.WriteAsync(new GatewayMessage { Report = ReportCodec.Encode(report) });

    public async Task<OperatorMessage> ReadAsync()
    {
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), "the operator ended the stream");
        return call.ResponseStream.Current;
    }

    /// <summary>All chunks of the next configuration.</summary>
    public async Task<List<ConfigurationChunk>> ReadConfigurationAsync()
    {
        var chunks = new List<ConfigurationChunk>();

        do
        {
            if ((await ReadAsync()).Chunk is { } chunk)
            {
                chunks.Add(chunk);
            }
        }
        while (chunks.Count == 0 || !chunks[^1].Last);

        return chunks;
    }

    /// <summary>Reads to the end, which must be one in good order.</summary>
    public async Task<List<OperatorMessage>> ReadToEndAsync()
    {
        var messages = new List<OperatorMessage>();

        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            messages.Add(call.ResponseStream.Current);
        }

        return messages;
    }

    /// <summary>Reads to the end, which must be a failure.</summary>
    public async Task<Status> ReadFailureAsync()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        });

        return failure.Status;
    }

    public void Dispose()
    {
        call.Dispose();
        channel.Dispose();
    }
}
