namespace Portcullis.EndToEnd.Tests.Comparison;

/// <param name="Host">That clients ask for.</param>
/// <param name="Port">Of the backend, on 127.0.0.1.</param>
/// <param name="Careless">Without any line about verification: what the proxy does by default.</param>
/// <param name="KeepsHost">Whether the backend is to see the client's Host; HAProxy always shows it.</param>
internal sealed record ComparedRoute(string Host, int Port, bool Careless = false, bool KeepsHost = false);
