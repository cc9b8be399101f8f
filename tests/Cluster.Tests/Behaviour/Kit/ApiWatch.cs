using System.Text.Json.Nodes;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>An open watch: its events, in order.</summary>
internal sealed class ApiWatch(HttpResponseMessage response, Stream stream) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StreamReader reader = new(stream);

    /// <summary>The next event; null at the end of the watch.</summary>
    public async Task<JsonObject?> TryNextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await reader.ReadLineAsync(patience.Token) is { } line ? Json.Parse(line) : null;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The watch told nothing for {Patience}.");
        }
    }

    /// <exception cref="EndOfStreamException">The watch ended.</exception>
    public async Task<JsonObject> NextAsync() => await TryNextAsync() ?? throw new EndOfStreamException("The watch ended.");

    /// <summary>The next event, which must be of this type and about this object.</summary>
    public async Task<JsonObject> NextAsync(string type, string name)
    {
        var next = await NextAsync();
        Assert.Equal($"{type} {name}", $"{next.Text("type")} {next.At("object").Name()}");

        return (JsonObject)next["object"]!;
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
