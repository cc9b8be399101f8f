namespace Portcullis.Operator.Resources;

/// <summary>What is spoken to a backend inside TLS.</summary>
public enum Protocol
{
    HTTP11,
    HTTP2,
    GRPC,
}
