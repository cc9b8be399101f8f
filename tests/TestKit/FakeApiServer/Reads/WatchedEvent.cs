using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>One event of a watch as it is about to be sent.</summary>
public sealed record WatchedEvent(string Type, JsonObject Content)
{
    public string Kind => Content.Text("kind");

    public string Namespace => Content.Text("metadata", "namespace");

    public string Name => Content.Text("metadata", "name");
}
