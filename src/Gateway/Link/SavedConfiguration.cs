using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Wire;

namespace Portcullis.Gateway.Link;

/// <summary>
/// The last configuration that was applied, on disk, for a start without the operator (P5). One line of format and digest, then the very
/// chunks in which it would travel. It holds private keys: nobody but its owner may read it.
/// </summary>
internal sealed class SavedConfiguration(string path)
{
    private const string Format = "portcullis-configuration-1";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    /// <summary>False when there is none, then without a problem, or when it cannot be used, then with one.</summary>
    public bool TryLoad([NotNullWhen(true)] out VersionedConfiguration? saved, out string? problem)
    {
        saved = null;
        problem = null;

        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            saved = Read(File.ReadAllBytes(path));
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problem = unusable.Message;
        }

        return saved is not null;
    }

    /// <summary>Replaces what was saved, whole or not at all.</summary>
    public async Task SaveAsync(VersionedConfiguration configuration, CancellationToken cancellationToken)
    {
        var content = Write(configuration);
        var draft = $"{path}.new";

        CreateFolder();

        // A file left over from a crash keeps its mode; only a new one gets ours.
        File.Delete(draft);

        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = OwnerOnly;
        }

        var file = new FileStream(draft, create);

        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    private void CreateFolder()
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static VersionedConfiguration Read(byte[] file)
    {
        var end = Array.IndexOf(file, (byte)'\n');
        var header = end < 0 ? [] : Encoding.ASCII.GetString(file, 0, end).Split(' ');

        if (header is not [Format, var digest])
        {
            throw new InvalidDataException("it is not a configuration that this version saved");
        }

        var content = file.AsMemory(end + 1);

        if (Digest.Of(content.Span).ToString() != digest)
        {
            throw new InvalidDataException("its content does not have the digest it was saved with");
        }

        return Assemble(content);
    }

    private static VersionedConfiguration Assemble(ReadOnlyMemory<byte> content)
    {
        var assembler = new ConfigurationAssembler(held: null);
        var input = new CodedInputStream(content.ToArray());

        while (!input.IsAtEnd)
        {
            var chunk = new ConfigurationChunk();

            try
            {
                input.ReadMessage(chunk);
            }
            catch (InvalidProtocolBufferException malformed)
            {
                throw new InvalidDataException("it cannot be read to its end", malformed);
            }

            switch (assembler.Add(chunk))
            {
                case AssemblyResult.Complete complete:
                    return complete.Configuration;
                case AssemblyResult.Broken broken:
                    throw new InvalidDataException(broken.Problem);
                default:
                    break;
            }
        }

        throw new InvalidDataException("its last part is missing");
    }

    private static byte[] Write(VersionedConfiguration configuration)
    {
        using var content = new MemoryStream();

        foreach (var chunk in ConfigurationChunks.Of(configuration, held: null))
        {
            chunk.WriteDelimitedTo(content);
        }

        var body = content.ToArray();
        return [.. Encoding.ASCII.GetBytes($"{Format} {Digest.Of(body)}\n"), .. body];
    }
}
