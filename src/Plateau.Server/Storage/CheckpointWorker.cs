namespace Plateau.Server.Storage;

/// <summary>
/// Moves the embedded store's write-ahead log into the file while writes go on. SQLite by itself lets the commit that
/// fills the log do it, and all who have submitted something meanwhile wait for that.
/// </summary>
internal sealed partial class CheckpointWorker(Engine engine, TimeProvider clock, ILogger<CheckpointWorker> logger)
    : BackgroundService
{
    // 80 MB. A page that changes again and again is moved once for the whole log, so a long one is cheaper.
    private const int LongLog = 20_000;

    // Pages that writers may be made to wait for: some milliseconds.
    private const int ShortRest = 300;

    private const int MostMoves = 5;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (engine.Kind == EngineKind.Embedded && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MoveAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception.GetType().Name);
            }
            await Task.Delay(AfterFailure, clock, stoppingToken);
        }
    }

    private async Task MoveAsync(CancellationToken cancel)
    {
        await using var connection = await engine.OpenOwnSqliteAsync(cancel);
        using var look = new SqliteStatement(connection, "pragma wal_checkpoint(noop)");
        using var move = new SqliteStatement(connection, "pragma wal_checkpoint(passive)");
        while (true)
        {
            var (pages, notMoved) = Run(look);
            if (pages >= LongLog && notMoved > 0)
            {
                // What is written during a move is left to the next, which is shorter; writers wait for the last one
                // only. It must leave nothing: only then does the next write begin the log anew, if no reader still
                // needs it. Otherwise the next look sees to it.
                for (var moves = 1; notMoved >= ShortRest && moves < MostMoves; moves++)
                {
                    Run(move);
                    (_, notMoved) = Run(look);
                }
                await engine.Writer.WaitAsync(cancel);
                try
                {
                    Run(move);
                }
                finally
                {
                    engine.Writer.Release();
                }
            }
            await Task.Delay(BetweenLooks, clock, cancel);
        }
    }

    // How many pages the log has after the statement, and how many of them are not in the file.
    private static (long Pages, long NotMoved) Run(SqliteStatement checkpoint)
    {
        checkpoint.Step();
        var (pages, moved) = (checkpoint.Int64(1), checkpoint.Int64(2));
        checkpoint.Reset();
        return (pages, pages - moved);
    }

    [LoggerMessage(1102, LogLevel.Warning, "The write-ahead log could not be moved into the file ({Fault})")]
    private static partial void LogFailed(ILogger logger, string fault);
}
