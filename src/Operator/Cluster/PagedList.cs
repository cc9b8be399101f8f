using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Portcullis.Operator.Cluster;

/// <summary>Reads all of a selection, page by page.</summary>
internal static class PagedList
{
    private const int PageSize = 500;
    private static readonly TimeSpan PageTimeout = TimeSpan.FromMinutes(1);

    /// <param name="connection">To the API server.</param>
    /// <param name="selection">What to read.</param>
    /// <param name="read">Makes something of an item, so that a page need not be kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>All items at the one version that a watch can begin from.</returns>
    /// <exception cref="ApiRefusedException">It was refused.</exception>
    /// <exception cref="HttpRequestException">There was no answer, or one that is no list.</exception>
    /// <exception cref="TimeoutException">A page did not come in time.</exception>
    public static async Task<(ImmutableArray<TItem> Items, string Version)> ReadAsync<TItem>(
        ApiConnection connection, ObjectSelection selection, Func<JsonElement, TItem> read, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(connection, selection, PageSize, read, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiRefusedException expired) when (expired.Refusal.IsExpired)
        {
            // The version of the first page was compacted away before the last page was asked for. Whole, it cannot happen.
            return await ReadAsync(connection, selection, limit: null, read, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(ImmutableArray<TItem> Items, string Version)> ReadAsync<TItem>(
        ApiConnection connection, ObjectSelection selection, int? limit, Func<JsonElement, TItem> read, CancellationToken cancellationToken)
    {
        var items = ImmutableArray.CreateBuilder<TItem>();

        for (string? next = null; ;)
        {
            var answer = await connection.SendAsync(RequestFor(selection, limit, next), cancellationToken).ConfigureAwait(false);
            var page = answer.Demand();
            items.AddRange(ItemsOf(page, selection).Select(read));
            next = ObjectHead.MetadataOf(page, "continue");

            if (next is null)
            {
                return (items.ToImmutable(), ObjectHead.VersionOf(page) ?? throw NoList(selection));
            }
        }
    }

    private static ApiRequest RequestFor(ObjectSelection selection, int? limit, string? next) => new(HttpMethod.Get, selection.Path)
    {
        Query =
        [
            .. selection.Query,
            .. limit is { } size ? [("limit", size.ToString(CultureInfo.InvariantCulture))] : ImmutableArray<(string, string)>.Empty,
            .. next is null ? ImmutableArray<(string, string)>.Empty : [("continue", next)],
        ],
        Timeout = PageTimeout,
    };

    private static JsonElement.ArrayEnumerator ItemsOf(JsonElement page, ObjectSelection selection) =>
        page.ValueKind != JsonValueKind.Object || !page.TryGetProperty("items", out var items) ? throw NoList(selection)
        : items.ValueKind == JsonValueKind.Array ? items.EnumerateArray()

        // How the API server writes an empty list now and then.
        : items.ValueKind == JsonValueKind.Null ? default
        : throw NoList(selection);

    private static HttpRequestException NoList(ObjectSelection selection) => new($"The API server's answer to the question for {selection} is no list.");
}
