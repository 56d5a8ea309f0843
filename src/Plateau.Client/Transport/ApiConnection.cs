using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Plateau.Contracts;

namespace Plateau.Client.Transport;

/// <summary>Sends requests as the account: what every part of the client shares.</summary>
internal sealed class ApiConnection(HttpSender sender, TokenSource tokens)
{
    private const int WalkLimit = 100;

    /// <summary>Sends a request with a token.</summary>
    /// <exception cref="PlateauException">It did not succeed.</exception>
    public Task<ApiAnswer<T>> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancel) =>
        WithTokenAsync(authorization => sender.SendAsync(request, authorization, type, cancel), cancel);

    /// <summary>Reads one object.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        (await SendAsync(ApiRequest.Get(path), type, cancel)).Value;

    /// <summary>Creates one object.</summary>
    public async Task<T> CreateAsync<TDraft, T>(
        string path, TDraft draft, JsonTypeInfo<TDraft> draftType, JsonTypeInfo<T> type, string? idempotencyKey,
        CancellationToken cancel) =>
        (await SendAsync(ApiRequest.Create(path, draft, draftType, idempotencyKey), type, cancel)).Value;

    /// <summary>Creates one object of a body as it is.</summary>
    public async Task<T> CreateAsync<T>(
        string path, JsonObject body, JsonTypeInfo<T> type, string? idempotencyKey, CancellationToken cancel) =>
        (await SendAsync(ApiRequest.Create(path, BytesOf(body), idempotencyKey), type, cancel)).Value;

    /// <summary>Changes one object; members of the change that are null are left out.</summary>
    public async Task<T> ChangeAsync<TChange, T>(
        string path, TChange change, JsonTypeInfo<TChange> changeType, JsonTypeInfo<T> type,
        CancellationToken cancel) =>
        (await SendAsync(
            ApiRequest.Change(path, JsonSerializer.SerializeToUtf8Bytes(change, changeType)), type, cancel)).Value;

    /// <summary>Changes one object by a merge patch, in which null removes.</summary>
    public async Task<T> ChangeAsync<T>(
        string path, JsonObject mergePatch, JsonTypeInfo<T> type, CancellationToken cancel) =>
        (await SendAsync(ApiRequest.Change(path, BytesOf(mergePatch)), type, cancel)).Value;

    /// <summary>Opens an answer that is read as it comes. The caller disposes it.</summary>
    /// <exception cref="PlateauException">It could not be opened.</exception>
    public Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancel) =>
        WithTokenAsync(authorization => sender.OpenAsync(request, authorization, cancel), cancel);

    /// <summary>Deletes one object.</summary>
    public Task DeleteAsync(string path, CancellationToken cancel) =>
        SendAsync(ApiRequest.Delete(path), ContractsJsonContext.Default.Deletion, cancel);

    /// <summary>Reads one page.</summary>
    /// <param name="path">Path of the list.</param>
    /// <param name="filters">Names and values; null values are left out.</param>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="type">How a page is read.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<ListPage<T>> ListPageAsync<T, TId>(
        string path, IReadOnlyList<(string Name, string? Value)> filters, PageRequest<TId>? page,
        JsonTypeInfo<ListPage<T>> type, CancellationToken cancel) where TId : struct, IObjectId<TId> =>
        GetAsync(QueryText.Append(path, [
            .. filters,
            ("limit", page?.Limit?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("starting_after", page?.StartingAfter?.ToString()),
            ("ending_before", page?.EndingBefore?.ToString()),
        ]), type, cancel);

    /// <summary>Walks a whole list, newest first, a page at a time.</summary>
    public async IAsyncEnumerable<T> ListAsync<T, TId>(
        string path, IReadOnlyList<(string Name, string? Value)> filters, Func<T, TId> idOf,
        JsonTypeInfo<ListPage<T>> type, [EnumeratorCancellation] CancellationToken cancel)
        where TId : struct, IObjectId<TId>
    {
        TId? last = null;
        while (true)
        {
            var wanted = new PageRequest<TId> { Limit = WalkLimit, StartingAfter = last };
            var page = await ListPageAsync(path, filters, wanted, type, cancel);
            foreach (var item in page.Data)
            {
                yield return item;
            }
            if (!page.HasMore || page.Data.Count == 0)
            {
                yield break;
            }
            last = idOf(page.Data[^1]);
        }
    }

    private static byte[] BytesOf(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            body.WriteTo(writer);
        }
        return bytes.WrittenSpan.ToArray();
    }

    private async Task<T> WithTokenAsync<T>(
        Func<AuthenticationHeaderValue, Task<T>> send, CancellationToken cancel)
    {
        var token = await tokens.GetAsync(cancel);
        try
        {
            return await send(token.Authorization);
        }
        catch (PlateauException fault) when (fault.Status == HttpStatusCode.Unauthorized && tokens.CanRenew)
        {
            // A refused token means that nothing was done, so every call may be sent again, once, with a new one.
            tokens.Forget(token);
        }
        return await send((await tokens.GetAsync(cancel)).Authorization);
    }
}
