namespace Portcullis.TestKit.FakeApiServer.Kinds;

internal enum ScalarKind
{
    Text,
    Integer,
    Number,
    Boolean,

    /// <summary>RFC 3339 with whole seconds.</summary>
    Time,

    /// <summary>RFC 3339 with exactly six digits of a second.</summary>
    MicroTime,

    /// <summary>Base64.</summary>
    Bytes,

    /// <summary>A port by number or by name.</summary>
    IntegerOrText,

    /// <summary>An amount such as <c>64Mi</c>.</summary>
    Quantity,
}
