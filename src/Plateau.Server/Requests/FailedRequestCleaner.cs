using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Server.Storage;

namespace Plateau.Server.Requests;

/// <summary>Deletes failed calls when their days are over. Reading passes over them until then.</summary>
internal sealed partial class FailedRequestCleaner(
    IDbContextFactory<PlateauDb> registry, TimeProvider clock, IOptions<RequestsOptions> options,
    ILogger<FailedRequestCleaner> logger)
    : HourlyCleaner<FailedRequestRow>(registry, clock, TimeSpan.FromDays(options.Value.MaxDays))
{
    protected override void LogFailed(string fault) => LogFailed(logger, fault);

    [LoggerMessage(1302, LogLevel.Warning, "Failed calls of long ago will be deleted within the hour: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
