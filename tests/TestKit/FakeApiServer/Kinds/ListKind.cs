namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>How server-side apply takes a list: whole, item by item, or by the keys of its items.</summary>
internal enum ListKind
{
    Atomic,
    Set,
    Map,
}
