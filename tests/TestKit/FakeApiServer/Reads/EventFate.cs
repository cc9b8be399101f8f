namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>What becomes of one event of a watch.</summary>
public enum EventFate
{
    Deliver,

    /// <summary>It is never sent: an event that the client does not observe.</summary>
    Lose,

    /// <summary>Half of its line is sent, as a line.</summary>
    Garble,

    /// <summary>Its line is sent byte by byte.</summary>
    Trickle,
}
