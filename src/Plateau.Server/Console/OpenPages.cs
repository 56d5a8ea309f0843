using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Options;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Counts the pages that are open, in the process and of each account, and lets them be as many as may: an open page
/// takes memory.
/// </summary>
internal sealed partial class OpenPages(
    IOptions<ConsoleOptions> options, TimeProvider clock, ILogger<OpenPages> logger)
{
    // How long pages are refused at once after one waited for a place in vain.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byAccount = new(StringComparer.Ordinal);
    private int _all;
    private DateTimeOffset _refusedUntil;
    private DateTimeOffset _nextWarning;

    /// <summary>Takes a place for a page, which is to be given back.</summary>
    /// <param name="account">Id of the visitor's account.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(string account)
    {
        lock (_lock)
        {
            if (IsFull(account))
            {
                return false;
            }
            _all++;
            _byAccount[account] = OpenOf(account) + 1;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="account">The account it was taken for.</param>
    public void GiveBack(string account)
    {
        lock (_lock)
        {
            _all--;
            _byAccount[account] = OpenOf(account) - 1;
            if (_byAccount[account] == 0)
            {
                _byAccount.Remove(account);
            }
        }
    }

    /// <summary>Notes that a page has found no place: for a while pages are refused before they look.</summary>
    /// <param name="account">Id of the visitor's account.</param>
    public void Refuse(string account)
    {
        lock (_lock)
        {
            _refusedUntil = clock.GetUtcNow() + RetryAfter;
            Warn(account);
        }
    }

    /// <summary>Answers 503 to a page that would find no place; the status is explained to the visitor.</summary>
    public static Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var isOpened = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
            && context.AcceptsInteractiveRouting();
        if (isOpened && ConsoleAccess.Read(context.User) is { } visitor
            && !context.RequestServices.GetRequiredService<OpenPages>().Admits(visitor.AccountId))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = $"{RetryAfter.TotalSeconds:0}";
            return Task.CompletedTask;
        }
        return next(context);
    }

    // A page that is loaded again leaves its place when its answer comes, so what may find one is let in to look.
    private bool Admits(string account)
    {
        lock (_lock)
        {
            if (!IsFull(account) || clock.GetUtcNow() >= _refusedUntil)
            {
                return true;
            }
            Warn(account);
            return false;
        }
    }

    private bool IsFull(string account) =>
        _all >= options.Value.MaxOpenPages || OpenOf(account) >= options.Value.MaxOpenPagesPerAccount;

    private int OpenOf(string account) => _byAccount.GetValueOrDefault(account);

    private void Warn(string account)
    {
        var now = clock.GetUtcNow();
        if (now >= _nextWarning)
        {
            _nextWarning = now + BetweenWarnings;
            LogRefused(logger, account, _all, OpenOf(account));
        }
    }

    [LoggerMessage(1401, LogLevel.Warning,
        "Refused pages of the console to {AccountId}: {Open} are open, {OpenOfAccount} of them of this account")]
    private static partial void LogRefused(ILogger logger, string accountId, int open, int openOfAccount);
}
