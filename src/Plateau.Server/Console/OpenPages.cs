using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace Plateau.Server.WebConsole;

/// <summary>Bounds how many pages are open, in the process and of one account: an open page takes memory.</summary>
internal sealed class OpenPages(IOptions<ConsoleOptions> options) : IDisposable
{
    private const string RetryAfterSeconds = "10";

    private readonly PartitionedRateLimiter<string> _places = PartitionedRateLimiter.CreateChained(
        Places(account => account, options.Value.MaxOpenPagesPerAccount),
        Places(_ => "", options.Value.MaxOpenPages));

    /// <summary>Takes a place for a page, to be given back; there may be none.</summary>
    /// <param name="account">Id of the visitor's account.</param>
    public RateLimitLease Take(string account) => _places.AttemptAcquire(account);

    /// <summary>Answers 503 to a page that would find no place; the status is explained to the visitor.</summary>
    public static Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var isOpened = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
            && context.AcceptsInteractiveRouting();
        if (isOpened && ConsoleAccess.Read(context.User) is { } visitor
            && !context.RequestServices.GetRequiredService<OpenPages>().HasRoom(visitor.AccountId))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Task.CompletedTask;
        }
        return next(context);
    }

    public void Dispose() => _places.Dispose();

    private bool HasRoom(string account)
    {
        using var asked = _places.AttemptAcquire(account, permitCount: 0);
        return asked.IsAcquired;
    }

    private static PartitionedRateLimiter<string> Places(Func<string, string> groupOf, int most) =>
        PartitionedRateLimiter.Create<string, string>(account => RateLimitPartition.GetConcurrencyLimiter(
            groupOf(account), _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 }));
}

/// <summary>
/// The place of one open page. Several that were answered before they took their places may be too many: those are
/// opened anew, and answered why not.
/// </summary>
internal sealed class OpenPage(OpenPages pages, ConsoleClient client, IJSRuntime scripts) : CircuitHandler, IDisposable
{
    private RateLimitLease? _place;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _place = pages.Take((await client.VisitorAsync(cancellationToken)).AccountId);
        if (!_place.IsAcquired)
        {
            await scripts.InvokeVoidAsync("location.reload", cancellationToken);
            throw new InvalidOperationException("As many pages of the console as may be are open.");
        }
    }

    public void Dispose() => _place?.Dispose();
}
