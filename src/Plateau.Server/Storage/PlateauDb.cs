using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;
using Plateau.Server.Customers;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Requests;
using Plateau.Server.Telemetry;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Storage;

/// <summary>The registry: everything but the states of devices. It maps tables and creates none.</summary>
internal sealed class PlateauDb(DbContextOptions<PlateauDb> options, Engine engine) : DbContext(options)
{
    public DbSet<AccountRow> Accounts => Set<AccountRow>();
    public DbSet<KeyRow> Keys => Set<KeyRow>();
    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();
    public DbSet<ProtectionKeyRow> ProtectionKeys => Set<ProtectionKeyRow>();
    public DbSet<CustomerRow> Customers => Set<CustomerRow>();
    public DbSet<CustomerErasureRow> CustomerErasures => Set<CustomerErasureRow>();
    public DbSet<LocationRow> Locations => Set<LocationRow>();
    public DbSet<DeviceRow> Devices => Set<DeviceRow>();
    public DbSet<DeviceLocationRow> DeviceLocations => Set<DeviceLocationRow>();
    public DbSet<ConsentChangeRow> ConsentChanges => Set<ConsentChangeRow>();
    public DbSet<ErasureRow> Erasures => Set<ErasureRow>();
    public DbSet<RangeErasureRow> RangeErasures => Set<RangeErasureRow>();
    public DbSet<AuditEntryRow> AuditEntries => Set<AuditEntryRow>();
    public DbSet<IdempotencyKeyRow> IdempotencyKeys => Set<IdempotencyKeyRow>();
    public DbSet<FailedRequestRow> FailedRequests => Set<FailedRequestRow>();

    /// <summary>
    /// Starts a write. Dispose it without committing to take everything back. On the embedded engine it waits for its
    /// turn with the one writer.
    /// </summary>
    public async Task<WriteTransaction> BeginWriteAsync(CancellationToken cancel)
    {
        if (engine.Kind == EngineKind.Postgres)
        {
            return new(this, await Database.BeginTransactionAsync(cancel), null);
        }
        await engine.Writer.WaitAsync(cancel);
        try
        {
            // Serializable begins SQLite's transaction as a writing one, so that it cannot fail half-way for the lock.
            return new(this, await Database.BeginTransactionAsync(IsolationLevel.Serializable, cancel), engine.Writer);
        }
        catch
        {
            engine.Writer.Release();
            throw;
        }
    }

    /// <summary>
    /// Holds rows until the write ends, so that another process's change of them comes before or after, never between.
    /// The embedded engine has one writer and needs no lock.
    /// </summary>
    /// <param name="table">Name of a table with an <c>id</c>.</param>
    /// <param name="ids">The rows; taken in order, so that two writers never wait for each other.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public async Task LockRowsAsync(string table, IEnumerable<ObjectId> ids, CancellationToken cancel)
    {
        if (engine.Kind == EngineKind.Postgres)
        {
            var keys = ids.Distinct().Order().Select(id => id.ToByteArray()).ToArray();
#pragma warning disable EF1002 // the table's name is one of ours, never input
            await Database.ExecuteSqlRawAsync(
                $"select 1 from {table} where id = any({{0}}) order by id for no key update", [keys], cancel);
#pragma warning restore EF1002
        }
    }

    /// <summary>
    /// Holds the store against migrations and other holders of this lock until the write ends. The embedded engine's
    /// write does so by itself.
    /// </summary>
    public async Task LockStoreAsync(CancellationToken cancel)
    {
        if (engine.Kind == EngineKind.Postgres)
        {
            await Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({SchemaMigrator.PostgresLock})", cancel);
        }
    }

    /// <inheritdoc/>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancel = default)
    {
        foreach (var device in ChangeTracker.Entries<DeviceRow>().Where(entry => entry.State == EntityState.Modified))
        {
            device.Entity.Version++;
        }
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancel);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<AccountId>().HaveConversion<IdConverter<AccountId>>();
        configuration.Properties<KeyId>().HaveConversion<IdConverter<KeyId>>();
        configuration.Properties<CustomerId>().HaveConversion<IdConverter<CustomerId>>();
        configuration.Properties<LocationId>().HaveConversion<IdConverter<LocationId>>();
        configuration.Properties<DeviceId>().HaveConversion<IdConverter<DeviceId>>();
        configuration.Properties<AuditEntryId>().HaveConversion<IdConverter<AuditEntryId>>();
        configuration.Properties<ConsentChangeId>().HaveConversion<IdConverter<ConsentChangeId>>();
        configuration.Properties<DateTimeOffset>().HaveConversion<InstantToMicroseconds>();
        configuration.Properties<FailedRequestId>().HaveConversion<IdConverter<FailedRequestId>>();
        configuration.Properties<DeviceKinds>().HaveConversion<short>();
        configuration.Properties<KeyScope>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<AccountRow>().ToTable("accounts").HasKey(row => row.Id);
        model.Entity<KeyRow>().ToTable("account_keys").HasKey(row => row.Id);
        model.Entity<SigningKeyRow>().ToTable("signing_keys").HasKey(row => row.Id);
        model.Entity<ProtectionKeyRow>().ToTable("protection_keys").HasKey(row => row.Name);
        model.Entity<CustomerRow>().ToTable("customers").HasKey(row => row.Id);
        model.Entity<CustomerErasureRow>().ToTable("customer_erasures").HasKey(row => row.CustomerId);
        model.Entity<LocationRow>().ToTable("locations").HasKey(row => row.Id);
        model.Entity<DeviceRow>().ToTable("devices").HasKey(row => row.Id);
        model.Entity<DeviceLocationRow>().ToTable("device_locations")
            .HasKey(row => new { row.DeviceId, row.LocationId });
        model.Entity<ConsentChangeRow>().ToTable("consent_changes").HasKey(row => new { row.DeviceId, row.Id });
        model.Entity<ErasureRow>().ToTable("erasures").HasKey(row => row.DeviceId);
        model.Entity<RangeErasureRow>().ToTable("range_erasures")
            .HasKey(row => new { row.DeviceId, row.TimeCreated, row.StartTime, row.EndTime });
        model.Entity<AuditEntryRow>().ToTable("audit_entries")
            .HasKey(row => new { row.AccountId, row.LiveMode, row.Id });
        model.Entity<IdempotencyKeyRow>().ToTable("idempotency_keys")
            .HasKey(row => new { row.AccountId, row.LiveMode, row.KeyHash });
        model.Entity<FailedRequestRow>().ToTable("failed_requests")
            .HasKey(row => new { row.AccountId, row.LiveMode, row.Id });
        foreach (var entity in model.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
                property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
            }
        }
    }

    private sealed class IdConverter<TId>() : ValueConverter<TId, byte[]>(
        id => id.Value.ToByteArray(), bytes => Read<TId>(bytes)) where TId : struct, IObjectId<TId>;

    private sealed class InstantToMicroseconds() : ValueConverter<DateTimeOffset, long>(
        instant => Instant.ToUnixMicroseconds(instant), microseconds => Instant.FromUnixMicroseconds(microseconds));

    private static TId Read<TId>(byte[] bytes) where TId : struct, IObjectId<TId> => TId.Of(ObjectId.Read(bytes));
}

/// <summary>A write in progress.</summary>
internal sealed class WriteTransaction(PlateauDb db, IDbContextTransaction transaction, SemaphoreSlim? writer)
    : IAsyncDisposable
{
    /// <summary>Saves what the context tracks and makes the write durable.</summary>
    public async Task CommitAsync(CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        finally
        {
            writer?.Release();
        }
    }
}
