namespace Portcullis.Architecture.Tests;

/// <summary>
/// The few things that decide whether a backend is reached unverified, and the types that own them. Banned APIs say this while typing; this
/// reads what was compiled, so that no suppression can hide a second owner (P1).
/// </summary>
public sealed class Owners
{
    private const string Handshake = "Portcullis.Gateway.Proxy.Connecting.Handshake";
    private const string VerifiedStream = "Portcullis.Gateway.Proxy.Connecting.VerifiedStream";
    private const string BackendHandler = "Portcullis.Gateway.Proxy.Backends.ClientGeneration";
    private const string OperatorChannel = "Portcullis.Gateway.Link.OperatorChannel";
    private const string ApiConnection = "Portcullis.Operator.Cluster.ApiConnection";
    private const string Policies = "Portcullis.Gateway.Trust.ChainPolicies";
    private const string CandidateChains = "Portcullis.Gateway.Trust.CandidateChains";
    private const string ChainAlone = "Portcullis.Gateway.Trust.ChainAlone";
    private const string Check = "Portcullis.Gateway.Hosting.Check";

    [Theory]
    [InlineData("System.Net.Security.SslStream", ".ctor", new[] { VerifiedStream })]
    [InlineData(VerifiedStream, ".ctor", new[] { "Portcullis.Gateway.Proxy.Connecting.Connector" })]
    [InlineData("System.Net.Security.SslStream", "AuthenticateAsClientAsync", new[] { Handshake })]
    [InlineData("System.Net.Security.RemoteCertificateValidationCallback", null, new[] { Handshake })]
    [InlineData("System.Net.Http.SocketsHttpHandler", ".ctor", new[] { BackendHandler, OperatorChannel, ApiConnection })]
    [InlineData("System.Net.Http.HttpClient", ".ctor", new string[0])]
    [InlineData("System.Net.Http.HttpClientHandler", null, new string[0])]
    [InlineData("System.Security.Cryptography.X509Certificates.X509ChainPolicy", ".ctor", new[] { Policies, OperatorChannel, ApiConnection })]
    [InlineData("System.Security.Cryptography.X509Certificates.X509ChainPolicy", "set_VerificationFlags", new[] { Policies, OperatorChannel, ApiConnection })]
    [InlineData("System.Security.Cryptography.X509Certificates.X509Chain", "Build", new[] { CandidateChains })]
    [InlineData("System.Net.Sockets.Socket", "ConnectAsync", new[] { "Portcullis.Gateway.Proxy.Connecting.Dialer" })]
    [Trait("Promise", "P1")]
    public void What_decides_over_verification_has_only_these_owners(string type, string? member, string[] owners)
    {
        var others = CompiledCode.Uses
            .Where(use => use.Type.FullName == type && (member is null || (use.Member?.Name == member && use.Member.DeclaringType.FullName == type)) && !owners.Contains(use.By.FullName))
            .Select(use => use.ToString())
            .Distinct();

        Assert.True(!others.Any(), string.Join("\n", others));
    }

    [Fact]
    [Trait("Promise", "P1")]
    public void A_chain_is_judged_without_an_identity_by_nothing_but_the_check_command()
    {
        var others = CompiledCode.Uses
            .Where(use => use.Type.FullName == ChainAlone && use.By.FullName != ChainAlone && use.By.Namespace != Check)
            .Select(use => use.ToString())
            .Distinct();

        Assert.True(!others.Any(), string.Join("\n", others));
        Assert.Contains(CompiledCode.Uses, use => use.Type.FullName == ChainAlone && use.By.Namespace == Check);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public void Every_owner_is_real()
    {
        string[] owners = [Handshake, VerifiedStream, BackendHandler, OperatorChannel, Policies, CandidateChains, ChainAlone];

        Assert.Empty(owners.Except(CompiledCode.Uses.Select(use => use.By.FullName)));
    }
}
