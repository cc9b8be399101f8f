using System.Buffers;

namespace Portcullis.Operator.Cluster;

/// <summary>Who asks. Tokens expire and their files are replaced, so the file is read again at most once a minute, and when the API server refuses.</summary>
internal sealed class ApiToken(ApiServerAddress server, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=:");

    private volatile Reading? held;

    /// <summary>Null when there is none to show.</summary>
    /// <exception cref="HttpRequestException">There is a file, and it never held a token.</exception>
    public async ValueTask<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        if (server.Token is not null || server.TokenFile is not { } file)
        {
            return server.Token;
        }

        return held is { } reading && time.GetElapsedTime(reading.At) < Freshness ? reading.Token : await ReadAsync(file, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True when there is another one than that which was refused.</summary>
    public async ValueTask<bool> RenewAsync(string? refused, CancellationToken cancellationToken) =>
        server is { Token: null, TokenFile: { } file } && await ReadAsync(file, cancellationToken).ConfigureAwait(false) != refused;

    private async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var token = await ContentAsync(file, cancellationToken).ConfigureAwait(false)
            ?? held?.Token
            ?? throw new HttpRequestException($"{file} holds no token to show to the API server. Mount a ServiceAccount token there.");

        held = new Reading(token, time.GetTimestamp());
        return token;
    }

    /// <summary>Null when the file cannot be used; what it holds is never repeated.</summary>
    private static async Task<string?> ContentAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var content = (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim();
            return content.Length > 0 && !content.AsSpan().ContainsAnyExcept(TokenCharacters) ? content : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // The token from before may still do; if not, the API server says so.
            return null;
        }
    }

    private sealed record Reading(string Token, long At)
    {
        public override string ToString() => nameof(Reading);
    }
}
