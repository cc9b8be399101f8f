using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy.Certificates;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front.Floods;

/// <summary>Clients that move much are no floods. The clock stands still, so that the limit of one second must do for all of it.</summary>
public sealed class BusyClientTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private const int Bytes = 128 * 1024 * 1024;
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();
    private FrontServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var leaf = root.Issue(Host);
        var certificates = new FrontCertificates(new FakeTimeProvider(), log.For<FrontCertificates>());
        Assert.True(KeyedCertificate.TryLoad(TestPem.Certificates(leaf), TestPem.PrivateKey(leaf), out var certificate, out _));
        certificates.UseFiles(certificate!);
        var limits = new FrontLimits();
        server = await FrontServer.StartAsync(certificates, AnswerAsync, Cancellation, limits, new ConnectionAdmission(limits, [], new FakeTimeProvider(), log.Factory));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        log.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task A_download_whose_client_opens_both_windows_for_every_frame_comes_to_its_end()
    {
        await using var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, SslApplicationProtocol.Http2, Cancellation);
        await stream.WriteAsync((byte[])[.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Get("/"))], Cancellation);
        var (received, updates) = (0L, 0);

        while (received < Bytes)
        {
            var frame = await Http2Frames.ReadAsync(stream, Cancellation);
            Assert.NotEqual(FrameType.GoAway, frame.Type);
            if (frame is { Type: FrameType.Data, Payload.Length: > 0 and var length })
            {
                received += length;
                updates += 2;
                await stream.WriteAsync((byte[])[.. Http2Frames.WindowUpdate(0, length), .. Http2Frames.WindowUpdate(1, length)], Cancellation);
            }
        }

        Assert.InRange(updates, 2 * Bytes / (16 * 1024), int.MaxValue);
    }

    [Fact]
    public async Task An_upload_and_a_download_of_an_ordinary_client_come_to_their_end()
    {
        using var client = TestClient.To(server.EndPoint, root.Certificate, HttpVersion.Version20);
        client.Timeout = Timeout.InfiniteTimeSpan;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{Host}/") { Content = new ByteArrayContent(new byte[Bytes]) };
        request.Version = HttpVersion.Version20;

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var downloaded = new byte[64 * 1024];
        var received = 0L;
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        while (await body.ReadAsync(downloaded, Cancellation) is > 0 and var read)
        {
            received += read;
        }

        Assert.Equal(Bytes, received);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var piece = new byte[64 * 1024];
        for (var sent = 0; sent < Bytes; sent += piece.Length)
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
    }
}
