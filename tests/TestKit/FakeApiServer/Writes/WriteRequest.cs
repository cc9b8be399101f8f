using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>One write of one object.</summary>
internal sealed record WriteRequest
{
    public required ResourceKind Kind { get; init; }

    /// <summary>The name is empty where the body has it.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>Empty, or <c>status</c>.</summary>
    public string Subresource { get; init; } = "";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Who is to own what is written: given, or from the user agent.</summary>
    public string Manager { get; init; } = "unknown";

    public bool DryRun { get; init; }

    public bool Force { get; init; }

    public FieldValidation Validation { get; init; }

    /// <summary>Throws when the caller may not make a new object; asked when a write of an existing one would make it.</summary>
    public Action RefuseCreation { get; init; } = () => { };
}
