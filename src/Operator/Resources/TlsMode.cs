namespace Portcullis.Operator.Resources;

/// <summary>Who shows a certificate.</summary>
public enum TlsMode
{
    ServerOnly,
    ClientAndServer,
}
