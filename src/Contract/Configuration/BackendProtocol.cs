namespace Portcullis.Contract.Configuration;

public enum BackendProtocol
{
    Http11,
    Http2,

    /// <summary>HTTP/2 as gRPC needs it: never downgraded, trailers kept.</summary>
    Grpc,
}
