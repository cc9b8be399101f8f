namespace Portcullis.Contract.Configuration;

public enum PathMatchType
{
    Exact,
    PathPrefix,
}
