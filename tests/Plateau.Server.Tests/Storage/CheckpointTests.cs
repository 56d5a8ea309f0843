using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Storage;

/// <summary>The write-ahead log of the embedded store.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task A_long_log_is_moved_and_begun_anew_before_a_commit_has_to_do_it()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var engine = server.Services.GetRequiredService<Engine>();
        await using var connection = await engine.OpenOwnSqliteAsync(TestContext.Current.CancellationToken);
        using var look = new SqliteStatement(connection, "pragma wal_checkpoint(noop)");
        Execute("create table filling (data blob)");

        // 88 MB; at 160 MB SQLite would move it by itself.
        for (var commits = 0; commits < 11; commits++)
        {
            Execute("insert into filling (data) values (zeroblob(8000000))");
        }

        await Until.TrueAsync("a write begins the log anew", () =>
        {
            Execute("delete from filling where data is null");
            Execute("insert into filling (data) values (null)");
            return Task.FromResult(PagesOfLog() < 1_000);
        });

        void Execute(string sql)
        {
            using var statement = new SqliteStatement(connection, sql);
            statement.Execute();
        }

        long PagesOfLog()
        {
            look.Step();
            var pages = look.Int64(1);
            look.Reset();
            return pages;
        }
    }
}
