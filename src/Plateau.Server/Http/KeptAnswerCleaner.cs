using Microsoft.EntityFrameworkCore;
using Plateau.Server.Storage;

namespace Plateau.Server.Http;

/// <summary>Deletes the answers kept for an Idempotency-Key when their day is over.</summary>
internal sealed partial class KeptAnswerCleaner(
    IDbContextFactory<PlateauDb> registry, TimeProvider clock, ILogger<KeptAnswerCleaner> logger)
    : HourlyCleaner<IdempotencyKeyRow>(registry, clock, IdempotentCreation.KeptFor)
{
    protected override void LogFailed(string fault) => LogFailed(logger, fault);

    [LoggerMessage(1004, LogLevel.Warning, "Kept answers will be deleted within the hour: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
