using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.TestKit.Logs;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>What the front takes for one request, seen without TLS around it.</summary>
public sealed class RequestFramingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200)]
    [InlineData("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n", 200)]
    [InlineData("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.0\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    public async Task A_request_whose_end_is_in_two_places_is_refused(string request, int status) => await AnsweredAsync(request, status);

    [Theory]
    [InlineData("HTTP/1.0", true)]
    [InlineData("HTTP/1.1", false)]
    [InlineData("HTTP/2", true)]
    public void An_encoding_is_for_one_version_alone(string protocol, bool ambiguous)
    {
        var context = new DefaultHttpContext { Request = { Protocol = protocol, Headers = { TransferEncoding = "chunked" } } };

        Assert.Equal(ambiguous, AmbiguousFraming.IsIn(context.Request));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 200)]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: shop.test\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\r\nX: 1\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    public async Task A_bare_line_feed_ends_no_line(string request, int status) => await AnsweredAsync(request, status);

    private static async Task AnsweredAsync(string request, int status)
    {
        await using var server = await StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, new Uri(server.Urls.Single()).Port), Cancellation);

        await socket.SendAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        var answer = new byte[12];
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(answer, Cancellation);

        Assert.Equal($"HTTP/1.1 {status}", Encoding.ASCII.GetString(answer));
    }

    private static async Task<WebApplication> StartAsync()
    {
        FrontListeners.DemandCompleteLineEnds();
        using var log = new TestLog();
        var certificates = new FrontCertificates(new FakeTimeProvider(), log.For<FrontCertificates>());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            FrontListeners.Configure(kestrel, [], [], new FrontLimits(), new ConnectionAdmission(new FrontLimits(), [], TimeProvider.System, NullLoggerFactory.Instance), certificates);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var server = builder.Build();
        server.Run(context => AmbiguousFraming.IsIn(context.Request) ? AmbiguousFraming.RefuseAsync(context) : context.Response.WriteAsync("answer", Cancellation));
        await server.StartAsync(Cancellation);

        return server;
    }
}
