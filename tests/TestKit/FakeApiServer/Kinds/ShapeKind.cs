namespace Portcullis.TestKit.FakeApiServer.Kinds;

internal enum ShapeKind
{
    /// <summary>One value.</summary>
    Scalar,

    /// <summary>Named fields; others are unknown.</summary>
    Object,

    /// <summary>Any names, values of one shape.</summary>
    Map,

    List,

    /// <summary>Anything at all, owned and replaced as a whole.</summary>
    Anything,
}
