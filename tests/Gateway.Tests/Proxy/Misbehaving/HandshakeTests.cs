using System.Net;
using System.Text;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;

namespace Portcullis.Gateway.Tests.Proxy.Misbehaving;

/// <summary>Servers that never finish a TLS handshake. What they receive is a ClientHello and at most an alert.</summary>
[Trait("Promise", "P1")]
public sealed class HandshakeTests : MisbehavingTests
{
    private static readonly byte[] HalfARecord = [0x16, 0x03, 0x03, 0x40, 0x00, 0x02, 0x00, 0x00, 0x50, 0x03, 0x03];

    public static TheoryData<string, byte[]> Banners => new()
    {
        { "HTTP", Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") },
        { "SMTP", Encoding.ASCII.GetBytes("220 mail.internal ESMTP Postfix\r\n") },
        { "SSH", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.9\r\n") },
        { "FTP", Encoding.ASCII.GetBytes("220 ready\r\n") },
        { "HTML", Encoding.ASCII.GetBytes("<html><body>400 The plain HTTP request was sent to HTTPS port</body></html>") },
        { "HTTP/2 settings", [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "MySQL greeting", [0x4a, 0, 0, 0, 0x0a, 0x38, 0x2e, 0x30, 0, 0, 0, 0] },
        { "zeroes", new byte[64] },
        { "ones", Enumerable.Repeat((byte)0xff, 64).ToArray() },
        { "one byte and the end", [0x48] },
    };

    public static TheoryData<string, byte[], string> Records => new()
    {
        { "a handshake record of noise", [0x16, 0x03, 0x03, 0x00, 0x10, .. Enumerable.Repeat((byte)0xa5, 16)], "tls_protocol_error" },
        { "a record longer than any", [0x16, 0x03, 0x03, 0xff, 0xff, .. new byte[64]], "connection_terminated" },
        { "an empty record", [0x16, 0x03, 0x03, 0x00, 0x00], "connection_terminated" },
        { "application data before the handshake", [0x17, 0x03, 0x03, 0x00, 0x05, .. "hello"u8], "tls_protocol_error" },
        { "a fatal alert", [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50], "tls_alert_received" },
        { "a closing alert", [0x15, 0x03, 0x03, 0x00, 0x02, 0x01, 0x00], "tls_protocol_error" },
        { "a ClientHello back", [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00], "tls_protocol_error" },
    };

    [Fact]
    public async Task A_server_that_closes_after_the_ClientHello_is_unreachable()
    {
        await using var server = RawTcpServer.StartAnswering([]);
        Serve(server.Port);

        await RefusedAsync(VerdictReason.Unreachable, "connection_terminated");

        NothingButHandshake(server);
    }

    [Fact]
    public async Task A_server_that_resets_after_the_ClientHello_is_unreachable()
    {
        await using var server = RawTcpServer.StartResetting();
        Serve(server.Port);

        await RefusedAsync(VerdictReason.Unreachable, "connection_terminated");

        NothingButHandshake(server);
    }

    [Theory]
    [MemberData(nameof(Banners))]
    public async Task A_server_that_answers_in_clear_is_named(string what, byte[] banner)
    {
        await using var server = RawTcpServer.StartAnswering(banner);
        Serve(server.Port);

        await (what == "one byte and the end"
            ? RefusedAsync(VerdictReason.Unreachable, "connection_terminated")
            : RefusedAsync(VerdictReason.PlaintextBackend, "tls_protocol_error"));

        NothingButHandshake(server);
    }

    [Theory]
    [MemberData(nameof(Banners))]
    public async Task A_server_that_speaks_first_in_clear_and_then_waits_is_named(string what, byte[] banner)
    {
        await using var server = RawTcpServer.Start(async (connection, stream, token) =>
        {
            await stream.WriteAsync(banner, token);
            while (await connection.ReadAsync(stream, token) > 0)
            {
            }
        });
        Serve(WithConnectTimeout(server.Port, TimeSpan.FromSeconds(what == "one byte and the end" ? 0.3 : 20)));

        await (what == "one byte and the end"
            ? RefusedAsync(VerdictReason.Unreachable, "connection_timeout", HttpStatusCode.GatewayTimeout)
            : RefusedAsync(VerdictReason.PlaintextBackend, "tls_protocol_error"));

        NothingButHandshake(server);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task A_server_that_answers_with_a_record_of_nonsense_is_unreachable(string what, byte[] records, string error)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(what);
        await using var server = RawTcpServer.StartAnswering(records);
        Serve(server.Port);

        await RefusedAsync(VerdictReason.Unreachable, error);

        NothingButHandshake(server);
    }

    [Fact]
    public async Task Half_a_record_and_then_silence_runs_out_of_time_while_others_are_served()
    {
        await using var server = RawTcpServer.Start(async (connection, stream, token) =>
        {
            await connection.ReadAsync(stream, token);
            await stream.WriteAsync(HalfARecord, token);
            await connection.ReadAsync(stream, token);
        });
        Serve(WithConnectTimeout(server.Port, TimeSpan.FromSeconds(1)));

        var stalled = RefusedAsync(VerdictReason.Unreachable, "connection_timeout", HttpStatusCode.GatewayTimeout);
        await server.Connections.WaitAsync(connections => connections.Length > 0, Cancellation);
        await GoodIsServedAsync();
        await stalled;

        NothingButHandshake(server);
        await Task.WhenAll(server.Connections.Entries.Select(connection => connection.Closed)).WaitAsync(Cancellation);
    }

    [Fact]
    public async Task A_handshake_that_drips_byte_by_byte_runs_out_of_time()
    {
        await using var server = RawTcpServer.Start(async (connection, stream, token) =>
        {
            await connection.ReadAsync(stream, token);
            await stream.WriteAsync(HalfARecord, token);
            while (true)
            {
                await Task.Delay(20, token);
                await stream.WriteAsync(new byte[1], token);
            }
        });
        Serve(WithConnectTimeout(server.Port, TimeSpan.FromMilliseconds(500)));

        await RefusedAsync(VerdictReason.Unreachable, "connection_timeout", HttpStatusCode.GatewayTimeout);

        NothingButHandshake(server);
    }

    [Fact]
    public async Task Many_requests_to_a_server_that_stalls_are_all_answered_and_leave_no_connection()
    {
        await using var server = RawTcpServer.StartSilent();
        Serve(WithConnectTimeout(server.Port, TimeSpan.FromMilliseconds(500)));

        var requests = Enumerable.Range(0, 40).Select(_ => Gateway.Http2.GetAsync("https://shop.test/", Cancellation)).ToArray();
        await GoodIsServedAsync();
        foreach (var response in await Task.WhenAll(requests))
        {
            using (response)
            {
                Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
            }
        }

        await Task.WhenAll(server.Connections.Entries.Select(connection => connection.Closed)).WaitAsync(Cancellation);
        NothingButHandshake(server);
    }

    private static BackendConfiguration WithConnectTimeout(int port, TimeSpan timeout) =>
        Make.Backend(port) with { Connections = new ConnectionSettings { ConnectTimeout = timeout } };

    private static void NothingButHandshake(RawTcpServer server)
    {
        Assert.NotEmpty(server.Connections.Entries);
        Assert.All(server.Connections.Entries, connection => Assert.Equal(0, TlsRecords.BytesBeyondHandshake(connection.Received.AsSpan())));
    }
}
