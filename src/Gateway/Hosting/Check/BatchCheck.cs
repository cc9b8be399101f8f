using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>One question a line in, one answer a line out, whatever the line holds.</summary>
internal static class BatchCheck
{
    /// <summary>What a question looks like.</summary>
    public const string Form =
        """{"trusted": ["PEM", ...], "intermediates": ["PEM", ...], "leaf": "PEM", "nameKind": "dns", "ip" or null, "name": "NAME" or null, "at": "2026-12-01T00:00:00Z" or null}""";

    /// <summary>Longer lines are answered without being kept.</summary>
    public const int LongestLine = 16 * 1024 * 1024;

    public static async Task RunAsync(Stream questions, Stream answers, TimeProvider time, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(questions, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var tooLong = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                await WriteAsync(answers, tooLong ? TooLong : Answer(buffer.Slice(0, end), time), cancellationToken);
                tooLong = false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (read.IsCompleted && (tooLong || !buffer.IsEmpty))
            {
                await WriteAsync(answers, tooLong ? TooLong : Answer(buffer, time), cancellationToken);
            }

            if (read.IsCompleted)
            {
                await reader.CompleteAsync();
                return;
            }

            if (tooLong || buffer.Length > LongestLine)
            {
                tooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static BatchAnswer TooLong { get; } = Malformed($"the line is longer than {LongestLine} bytes");

    private static BatchAnswer Answer(ReadOnlySequence<byte> line, TimeProvider time)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            var question = JsonSerializer.Deserialize(ref json, CheckJson.Default.BatchQuestion);
            return question is null || json.Read() ? Malformed("the line is not one JSON object") : Answer(question, question.At ?? time.GetUtcNow());
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Malformed(failure is FormatException ? failure.Message : "the line is not a question of the form that gateway check --help shows at --batch");
        }
    }

    private static BatchAnswer Answer(BatchQuestion question, DateTimeOffset at)
    {
        var trust = TrustSet.OfAll(bundle: null, Certificates(question.Trusted));
        var intermediates = Certificates(question.Intermediates);
        if (PemFile.Certificates(question.Leaf) is not [var leaf])
        {
            return Malformed("the leaf is more than one certificate");
        }

        var verdict = (question.NameKind, question.Name) switch
        {
            (null, null) => ChainAlone.Built(leaf, intermediates, trust, at),
            ("dns", { } name) => Verify(leaf, intermediates, new SubjectName(SubjectNameKind.Dns, name), trust, at),
            ("ip", { } name) => Verify(leaf, intermediates, new SubjectName(SubjectNameKind.Ip, name), trust, at),
            _ => null,
        };

        return verdict switch
        {
            null => Malformed("nameKind must be \"dns\" or \"ip\" with a name, or both must be null"),
            Verdict.Refused refused => new(false, $"{VerdictText.Code(refused.Reason)} {refused.Reason}: {VerdictText.Message(refused)}"),
            _ => new(true, null),
        };
    }

    private static Verdict Verify(X509Certificate2 leaf, ImmutableArray<X509Certificate2> intermediates, SubjectName name, TrustSet trust, DateTimeOffset at) =>
        Judge.Built(leaf, intermediates, Expectation(name), trust, new Evidence(), at);

    private static PeerExpectation Expectation(SubjectName name) => new() { Identity = CheckedName.IdentityOf(name) };

    private static ImmutableArray<X509Certificate2> Certificates(string[] pems) => [.. pems.SelectMany(pem => PemFile.Certificates(pem))];

    private static BatchAnswer Malformed(string why) => new(false, $"Malformed: {why}");

    private static async Task WriteAsync(Stream answers, BatchAnswer answer, CancellationToken cancellationToken)
    {
        await answers.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer, CheckJson.Default.BatchAnswer), (byte)'\n'], cancellationToken);

        // Whoever asks line by line waits for the answer before the next question.
        await answers.FlushAsync(cancellationToken);
    }
}
