using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer;

/// <summary>What survives an outage: the objects with their history, the kinds that are served, the clock.</summary>
internal sealed class ApiState(TimeProvider time)
{
    private volatile KindTable kinds = KindTable.BuiltIn;

    public ObjectStore Store { get; } = new(time);

    public TimeProvider Time => time;

    public KindTable Kinds
    {
        get => kinds;
        set => kinds = value;
    }

    public bool NamespaceExists(string name) => Store.Now.Find("/namespaces", new ObjectKey("", name)) is not null;
}
