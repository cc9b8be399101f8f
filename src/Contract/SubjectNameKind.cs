namespace Portcullis.Contract;

public enum SubjectNameKind
{
    Dns,
    Ip,
    Uri,
}
