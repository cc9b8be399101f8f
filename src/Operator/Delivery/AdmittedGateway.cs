namespace Portcullis.Operator.Delivery;

/// <summary>A declared gateway, and as whom its pods must call.</summary>
/// <param name="Name">As routes name it.</param>
/// <param name="Namespace">Of its pods; empty without a cluster.</param>
/// <param name="ServiceAccount">Of its pods; empty without a cluster.</param>
internal sealed record AdmittedGateway(string Name, string Namespace = "", string ServiceAccount = "");
