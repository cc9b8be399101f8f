namespace Portcullis.Gateway.Tests.Hosting.Front.Http2;

/// <summary>What a client sends behind its preface and what comes of it.</summary>
/// <param name="Section">Of RFC 9113, or of RFC 7541 for header compression.</param>
/// <param name="Sentence">What the frames do.</param>
/// <param name="Sent">The frames.</param>
/// <param name="Outcome">A status; or the code of a GOAWAY (<c>connection: …</c>) or of a RST_STREAM (<c>stream: …</c>); or <c>goes on</c>, when a PING behind it is answered.</param>
internal sealed record Http2Case(string Section, string Sentence, byte[] Sent, string Outcome)
{
    public override string ToString() => $"{Section}: {Sentence}";
}
