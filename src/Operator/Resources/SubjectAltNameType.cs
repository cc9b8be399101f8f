namespace Portcullis.Operator.Resources;

/// <summary>The kinds of subjectAltName a backend can be identified by.</summary>
public enum SubjectAltNameType
{
    Hostname,
    URI,
    IPAddress,
}
