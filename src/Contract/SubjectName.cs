namespace Portcullis.Contract;

/// <summary>A name that can be held against a certificate's subjectAltName extension (RFC 9525), written <c>DNS:shop.internal</c>.</summary>
public sealed record SubjectName(SubjectNameKind Kind, string Value)
{
    public override string ToString() => $"{(Kind == SubjectNameKind.Dns ? "DNS" : Kind == SubjectNameKind.Ip ? "IP" : "URI")}:{Value}";
}
