using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Portcullis.Contract;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.FakeApiServer.Access;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Faults;
using Portcullis.TestKit.FakeApiServer.Reads;
using Portcullis.TestKit.FakeApiServer.Serving;
using Portcullis.TestKit.FakeApiServer.Storage;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.TestKit.FakeApiServer;

/// <summary>
/// A double of kube-apiserver on loopback: it behaves as the real one in all that tests/Cluster.Tests/Behaviour states, and answers 501 to what it does
/// not do. What it has survives an outage.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly ApiServerOptions options;
    private readonly ApiState state;
    private readonly Tokens tokens;
    private readonly ApiDispatcher dispatcher;
    private readonly TestAuthority authority = TestAuthority.CreateRoot("fake-cluster");
    private readonly X509Certificate2 certificate;
    private ApiHost? host;

    private ApiServer(ApiServerOptions options)
    {
        this.options = options;
        state = new ApiState(options.Time);
        tokens = new Tokens(state);
        var (view, watches) = (new ReadView(state), new WatchFaults());
        dispatcher = new ApiDispatcher(state, view, watches, tokens);
        certificate = authority.Issue(CertificateRecipe.ForServer("localhost", "kubernetes.default.svc").WithIp("127.0.0.1"));
        Faults = new ApiFaults(state, view, watches);
        Objects = new ApiObjects(state);
        AdminToken = AddUser("admin", ApiUser.Masters);
    }

    /// <summary>Where it listens, also after an outage.</summary>
    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, FreePorts.Next());

    public Uri Address => new($"https://localhost:{EndPoint.Port}/");

    /// <summary>The CA of its certificate.</summary>
    public TestAuthority Authority => authority;

    /// <summary>For it everything is allowed.</summary>
    public string AdminToken { get; }

    public ApiFaults Faults { get; }

    /// <summary>What is stored, read and written without a request.</summary>
    public ApiObjects Objects { get; }

    /// <summary>Every request that arrived, in order.</summary>
    public Journal<ApiRequest> Requests { get; } = new();

    public int OpenConnections => host?.OpenConnections ?? 0;

    public static Task<ApiServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new ApiServerOptions(), cancellationToken);

    public static async Task<ApiServer> StartAsync(ApiServerOptions options, CancellationToken cancellationToken)
    {
        var server = new ApiServer(options);
        foreach (var name in options.Namespaces)
        {
            server.Objects.CreateNamespace(name);
        }

        await server.ResumeAsync(cancellationToken).ConfigureAwait(false);
        return server;
    }

    /// <summary>Cuts every connection and refuses new ones.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref host, null) is { } running)
        {
            await running.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Listens again, on the same port and with all it had.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        host = new ApiHost(EndPoint.Port, certificate, options.StreamsPerConnection, AnswerAsync);
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Resets every connection; new ones are accepted.</summary>
    public void CutConnections() => host?.CutConnections();

    /// <returns>A token of this user, valid until the end.</returns>
    public string AddUser(string name, params string[] groups) => tokens.Give(new ApiUser(name, [.. groups, ApiUser.Authenticated]));

    /// <summary>A token of a ServiceAccount that exists, as a pod has it mounted. Without audiences it is for the API server; the pod may be empty.</summary>
    public string IssueToken(ResourceKey serviceAccount, TimeSpan lifetime, string pod = "", params string[] audiences) =>
        tokens.Issue(new TokenPlea(serviceAccount.Namespace, serviceAccount.Name, [.. audiences], lifetime) { Pod = pod }).Token;

    /// <summary>For kubectl, and for programs under test.</summary>
    public string Kubeconfig(string token) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: double
          cluster:
            server: {Address.AbsoluteUri.TrimEnd('/')}
            certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.Pem))}
        users:
        - name: user
          user:
            token: {token}
        contexts:
        - name: double
          context:
            cluster: double
            user: user
            namespace: default
        current-context: double
        """;

    /// <inheritdoc cref="ApiObjects.ChangedAsync"/>
    public Task<JsonObject?> ChangedAsync(string kind, ResourceKey key, Func<JsonObject?, bool> reached, CancellationToken cancellationToken) =>
        Objects.ChangedAsync(kind, key, reached, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        tokens.Dispose();
        certificate.Dispose();
        authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = RequestTarget.Parse(context.Request.Path);
        var request = new ApiRequest(context.Request.Method, context.Request.Path.Value ?? "", context.Request.QueryString.Value ?? "", ApiDispatcher.VerbOf(context.Request, target), target);
        try
        {
            await AnswerOrRefuseAsync(context, request, target).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ConnectionAbortedException or ConnectionResetException)
        {
            // The client is gone: there is nobody left to answer.
            context.Abort();
        }
        catch (Exception ours) when (!context.Response.HasStarted)
        {
            // A fault of the double, which a test is to see as that and not as an empty answer.
            request.Status = HttpStatusCode.InternalServerError;
            await ApiAnswer.Of(new ApiFailureException(500, "InternalError", $"The double failed: {ours}")).SendAsync(context).ConfigureAwait(false);
        }
        finally
        {
            Requests.Touch();
        }
    }

    private async Task AnswerOrRefuseAsync(HttpContext context, ApiRequest request, RequestTarget target)
    {
        try
        {
            await AnswerAsync(context, request, target).ConfigureAwait(false);
        }
        catch (ApiFailureException failure) when (!context.Response.HasStarted)
        {
            request.Status = (HttpStatusCode)failure.Code;
            await Faults.BeforeAnswer(request).ConfigureAwait(false);
            await ApiAnswer.Of(failure).SendAsync(context).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext context, ApiRequest request, RequestTarget target)
    {
        Requests.Add(request);
        var user = dispatcher.Authenticate(context.Request);
        request.User = user.Name;
        await Faults.BeforeRequest(request).ConfigureAwait(false);
        Faults.RefuseIfAsked(request);

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var answer = await dispatcher.AnswerAsync(new ApiCall(context, request, target, body.ToArray()) { User = user }).ConfigureAwait(false);
        if (answer is not null)
        {
            request.Status = (HttpStatusCode)answer.Code;
            await Faults.BeforeAnswer(request).ConfigureAwait(false);
            await answer.SendAsync(context).ConfigureAwait(false);
        }
    }
}
