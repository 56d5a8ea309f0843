using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>The devices of a filter as a file of comma-separated values, written as they are read.</summary>
internal static class DeviceExport
{
    /// <summary>Path of the export, below the console's.</summary>
    public const string Path = "/devices/export";

    // What a spreadsheet would take for a formula is kept from it.
    private static readonly CsvConfiguration Form = new(CultureInfo.InvariantCulture)
    {
        InjectionOptions = InjectionOptions.Escape, NewLine = "\r\n",
    };

    private static readonly string[] Names =
    [
        "id", "reference_id", "kinds", "manufacturer", "model_name", "model_code", "battery_capacity_kwh", "timezone",
        "locations", "last_seen", "time_created",
    ];

    public static async Task<IResult> AnswerAsync(
        HttpContext context, InProcessServer server, string? kind, string? activity, string? location, string? prefix)
    {
        var visitor = ConsoleAccess.Require(context.User);
        var query = DeviceSelection.Read(kind, activity, location, prefix);
        var cancel = context.RequestAborted;
        var http = InProcessHandler.NewClient(server, visitor: null);
        context.Response.RegisterForDispose(http);
        var devices = ConsoleClient.Create(visitor.Token, http).Devices.ListAsync(query.Filter, cancel)
            .GetAsyncEnumerator(cancel);
        context.Response.RegisterForDisposeAsync(devices);
        try
        {
            var isAny = await devices.MoveNextAsync();
            return TypedResults.Stream(
                stream => WriteAsync(stream, devices, isAny, cancel), "text/csv; charset=utf-8", "devices.csv");
        }
        catch (PlateauException)
        {
            // The list of the same devices says what is wrong.
            var parameters = query.ToParameters().Where(one => one.Value is not null)
                .Select(one => KeyValuePair.Create(one.Key, one.Value?.ToString()));
            return TypedResults.Redirect($"{ConsoleServices.Path}/devices{QueryString.Create(parameters)}");
        }
    }

    private static async Task WriteAsync(
        Stream stream, IAsyncEnumerator<Device> devices, bool isAny, CancellationToken cancel)
    {
        await using var csv = new CsvWriter(new StreamWriter(stream), Form);
        foreach (var name in Names)
        {
            csv.WriteField(name);
        }
        await csv.NextRecordAsync();
        while (isAny)
        {
            foreach (var value in ValuesOf(devices.Current))
            {
                csv.WriteField(value);
            }
            await csv.NextRecordAsync();
            cancel.ThrowIfCancellationRequested();
            isAny = await devices.MoveNextAsync();
        }
    }

    private static string?[] ValuesOf(Device device) =>
    [
        device.Id.ToString(), device.ReferenceId,
        string.Join(' ', DeviceText.KindsOf(device.Properties).Select(WireName.Of)),
        device.Properties.Manufacturer, device.Properties.ModelName, device.Properties.ModelCode,
        device.Properties.Battery?.CapacityKwh?.ToString(CultureInfo.InvariantCulture), device.Timezone,
        string.Join(' ', device.Locations), device.LastSeen is { } seen ? Instant.Format(seen) : null,
        Instant.Format(device.TimeCreated),
    ];
}
