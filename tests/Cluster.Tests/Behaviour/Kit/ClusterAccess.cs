using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>How an administrator reaches a cluster.</summary>
/// <param name="Token">Empty where a certificate is enough.</param>
/// <param name="ClientCertificate">Null where a token is enough.</param>
internal sealed record ClusterAccess(Uri Address, IPEndPoint EndPoint, X509Certificate2 Root, string Token, X509Certificate2? ClientCertificate);
