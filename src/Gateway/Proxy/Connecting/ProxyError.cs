namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>The error types of Proxy-Status that are used here (RFC 9209, 2.3).</summary>
internal static class ProxyError
{
    public const string DnsError = "dns_error";
    public const string DestinationNotFound = "destination_not_found";
    public const string DestinationUnavailable = "destination_unavailable";
    public const string DestinationIpProhibited = "destination_ip_prohibited";
    public const string DestinationIpUnroutable = "destination_ip_unroutable";
    public const string ConnectionRefused = "connection_refused";
    public const string ConnectionTerminated = "connection_terminated";
    public const string ConnectionTimeout = "connection_timeout";
    public const string ConnectionLimitReached = "connection_limit_reached";
    public const string TlsProtocolError = "tls_protocol_error";
    public const string TlsCertificateError = "tls_certificate_error";
    public const string TlsAlertReceived = "tls_alert_received";
    public const string HttpRequestError = "http_request_error";
    public const string HttpRequestDenied = "http_request_denied";
    public const string HttpResponseIncomplete = "http_response_incomplete";
    public const string HttpResponseHeaderSectionSize = "http_response_header_section_size";
    public const string HttpResponseTimeout = "http_response_timeout";
    public const string ProxyConfigurationError = "proxy_configuration_error";
    public const string HttpProtocolError = "http_protocol_error";
}
