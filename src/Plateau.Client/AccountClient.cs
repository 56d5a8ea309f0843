using Plateau.Client.Transport;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>The caller's account and its keys.</summary>
public sealed class AccountClient
{
    private const string Path = "account";
    private const string KeysPath = "account/keys";
    private const string AuditPath = "account/audit";
    private const string RequestsPath = "account/requests";
    private readonly ApiConnection _connection;

    internal AccountClient(ApiConnection connection) => _connection = connection;

    /// <summary>Reads the account, and what the key in use may do.</summary>
    /// <exception cref="PlateauException">The account could not be read.</exception>
    public Task<Account> GetAsync(CancellationToken cancel = default) =>
        _connection.GetAsync(Path, ContractsJsonContext.Default.Account, cancel);

    /// <summary>Walks the working keys of the mode in use, newest first.</summary>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<AccountKey> ListKeysAsync(CancellationToken cancel = default) =>
        _connection.ListAsync(KeysPath, [], key => key.Id, ContractsJsonContext.Default.ListPageAccountKey, cancel);

    /// <summary>Reads one page of the working keys of the mode in use, newest first.</summary>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The page could not be read.</exception>
    public Task<ListPage<AccountKey>> ListKeysPageAsync(
        PageRequest<KeyId>? page = null, CancellationToken cancel = default) =>
        _connection.ListPageAsync(KeysPath, [], page, ContractsJsonContext.Default.ListPageAccountKey, cancel);

    /// <summary>Walks what was changed in the mode in use and by which key, newest first.</summary>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<AuditEntry> ListAuditAsync(CancellationToken cancel = default) =>
        _connection.ListAsync(
            AuditPath, [], entry => entry.Id, ContractsJsonContext.Default.ListPageAuditEntry, cancel);

    /// <summary>Reads one page of what was changed in the mode in use and by which key, newest first.</summary>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The page could not be read.</exception>
    public Task<ListPage<AuditEntry>> ListAuditPageAsync(
        PageRequest<AuditEntryId>? page = null, CancellationToken cancel = default) =>
        _connection.ListPageAsync(AuditPath, [], page, ContractsJsonContext.Default.ListPageAuditEntry, cancel);

    /// <summary>
    /// Walks the calls of the mode in use that failed lately (status 400 and above), newest first. A server keeps a
    /// bounded number of them for a few days.
    /// </summary>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<FailedRequest> ListFailedRequestsAsync(CancellationToken cancel = default) =>
        _connection.ListAsync(
            RequestsPath, [], request => request.Id, ContractsJsonContext.Default.ListPageFailedRequest, cancel);

    /// <summary>Reads one page of the calls that failed lately, newest first.</summary>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The page could not be read.</exception>
    public Task<ListPage<FailedRequest>> ListFailedRequestsPageAsync(
        PageRequest<FailedRequestId>? page = null, CancellationToken cancel = default) =>
        _connection.ListPageAsync(
            RequestsPath, [], page, ContractsJsonContext.Default.ListPageFailedRequest, cancel);

    /// <summary>Makes a key of the mode in use. Its secret is shown only in this answer.</summary>
    /// <param name="draft">The key.</param>
    /// <param name="idempotencyKey">
    /// 1–255 printable characters: the same key and draft within 24 hours give the same answer. Null: a new one.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not made.</exception>
    public Task<AccountKey> CreateKeyAsync(
        AccountKeyDraft draft, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(
            KeysPath, draft, ContractsJsonContext.Default.AccountKeyDraft, ContractsJsonContext.Default.AccountKey,
            idempotencyKey, cancel);

    /// <summary>Revokes a key; its tokens stop within a minute.</summary>
    /// <exception cref="PlateauException">404 when there is none.</exception>
    public Task RevokeKeyAsync(KeyId id, CancellationToken cancel = default) =>
        _connection.DeleteAsync($"{KeysPath}/{id}", cancel);
}
