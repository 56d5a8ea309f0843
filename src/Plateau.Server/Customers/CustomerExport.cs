using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Customers;

/// <summary>
/// All that is kept of a customer, as lines of JSON: the customer, the locations, the devices placed at any of them
/// with the changes of their consents, and the states of those whose owners agree to telemetry.
/// </summary>
internal static class CustomerExport
{
    private const int RowsAtOnce = 100;

    /// <summary>Maps <c>/customers/{id}/export</c>.</summary>
    public static void MapCustomerExport(this IEndpointRouteBuilder routes)
    {
        var customer = routes.MapGroup("/customers/{id}/export").WithTags("Customers");
        customer.Names<CustomerId>(CustomerDirectory.HasCustomerAsync, CustomerEndpoints.NotFound);
        customer.MapGet("", Export).WithName("CustomerExport").RequireAuthorization(Scopes.Manage)
            .WithSummary(
                "Stream all that is kept of a customer as lines of JSON: customer, locations, devices placed at any of "
                + "them, changes of their consents, and states, oldest first. Each line is the object as its own call "
                + "answers it. Of a device that is at another customer's too, all states are there, wherever they were "
                + "measured; those of devices whose owners do not agree to telemetry are left out.")
            .Produces<string>(StatusCodes.Status200OK, Ndjson.MediaType)
            .Fails(ErrorCodes.CustomerNotFound)
            .DisableRequestTimeout();
    }

    private static async Task<Results<EmptyHttpResult, ApiError>> Export(
        PathId<CustomerId> id, HttpContext context, Caller caller, PlateauDb db, StateHistory history,
        IStateReader reader, BulkPlaces places, CancellationToken cancel)
    {
        using var place = places.TryTakeExport();
        if (place is null)
        {
            return ApiError.StorageUnavailable("As many exports as may be are under way. Repeat the request.");
        }
        var customer = await db.Customers.AsNoTracking().FirstOrDefaultAsync(
            row => row.Id == id.Value && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode, cancel);
        if (customer is null)
        {
            return CustomerEndpoints.NotFound(id.Value);
        }
        var lines = new NdjsonWriter(context.Response);
        await lines.AddAsync(customer.ToWire(), WireJson.Context.Customer, cancel);
        await WriteLocationsAsync(lines, db, id.Value, cancel);
        var last = default(DeviceId);
        while (await ReadDevicesAsync(db, caller, id.Value, last, cancel) is { Count: > 0 } devices)
        {
            foreach (var device in devices)
            {
                await WriteAsync(lines, db, device, caller.LiveMode, cancel);
                // Asked anew: it may have been withdrawn while the devices before it were written.
                if (await reader.FindDeviceAsync(caller, device.Id, cancel) is { ConsentTelemetry: true })
                {
                    await WriteStatesAsync(lines, device.Id, history, caller, cancel);
                }
            }
            last = devices[^1].Id;
        }
        await lines.FlushAsync(cancel);
        return TypedResults.Empty;
    }

    private static async Task WriteLocationsAsync(
        NdjsonWriter lines, PlateauDb db, CustomerId customer, CancellationToken cancel)
    {
        var locations = db.Locations.AsNoTracking().Where(row => row.CustomerId == customer).OrderBy(row => row.Id);
        await foreach (var location in locations.AsAsyncEnumerable().WithCancellation(cancel))
        {
            await lines.AddAsync(location.ToWire(), WireJson.Context.Location, cancel);
        }
    }

    private static Task<List<DeviceRow>> ReadDevicesAsync(
        PlateauDb db, Caller caller, CustomerId customer, DeviceId after, CancellationToken cancel)
    {
        var placed = db.DeviceLocations
            .Where(place => db.Locations.Any(row => row.Id == place.LocationId && row.CustomerId == customer))
            .Select(place => place.DeviceId);
        return db.Devices.AsNoTracking()
            .Where(row => row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode && row.Id > after
                && placed.Contains(row.Id))
            .OrderBy(row => row.Id).Take(RowsAtOnce).ToListAsync(cancel);
    }

    private static async Task WriteAsync(
        NdjsonWriter lines, PlateauDb db, DeviceRow device, bool liveMode, CancellationToken cancel)
    {
        await lines.AddAsync(DeviceJson.ToUtf8(device), cancel);
        var changes = await db.ConsentChanges.AsNoTracking().Where(row => row.DeviceId == device.Id)
            .OrderBy(row => row.Id).ToListAsync(cancel);
        foreach (var change in changes)
        {
            await lines.AddAsync(change.ToWire(liveMode), WireJson.Context.ConsentChange, cancel);
        }
    }

    private static async Task WriteStatesAsync(
        NdjsonWriter lines, DeviceId device, StateHistory history, Caller caller, CancellationToken cancel)
    {
        var all = KeyRange.Of(0, long.MaxValue);
        await foreach (var record in history.StreamAsync(device, all, null, newestFirst: false, cancel))
        {
            await lines.AddAsync(DeviceStates.ToWire(record, caller.AccountId), WireJson.Context.DeviceState, cancel);
        }
    }
}
