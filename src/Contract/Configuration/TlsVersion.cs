namespace Portcullis.Contract.Configuration;

public enum TlsVersion
{
    Tls12,
    Tls13,
}
