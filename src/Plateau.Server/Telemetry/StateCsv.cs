using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;
using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records as comma-separated values (RFC 4180), streamed.</summary>
/// <param name="records">The records.</param>
/// <param name="place">What is given back at the end.</param>
internal sealed class StateCsv(IAsyncEnumerable<StateRecord> records, IDisposable place)
    : IResult, IEndpointMetadataProvider
{
    /// <summary>The media type.</summary>
    public const string MediaType = "text/csv";

    private const int FlushAtBytes = 64 * 1024;

    private static readonly byte[] Header = Encoding.UTF8.GetBytes(
        "id,device_id,location_id,time,state_of_charge_percent,target_state_of_charge_percent,battery_power_kw,"
        + "energy_remaining_kwh,backup_reserve_percent,record_reference_id,time_created\r\n");

    // What a spreadsheet would take for a formula.
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@");
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [MediaType]));

    /// <summary>Whether a request would rather have CSV than JSON.</summary>
    public static bool IsAskedFor(HttpRequest request)
    {
        double csv = 0, json = 0;
        foreach (var accepted in request.GetTypedHeaders().Accept)
        {
            if (accepted.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
            {
                csv = accepted.Quality ?? 1;
            }
            else if (accepted.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                json = accepted.Quality ?? 1;
            }
        }
        return csv > json;
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        using (place)
        {
            await WriteAsync(context);
        }
    }

    private async Task WriteAsync(HttpContext context)
    {
        // Years of records may take longer than a page; a caller that does not read is let go by the server's rate.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        var cancel = context.RequestAborted;
        var response = context.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        response.BodyWriter.Write(Header);
        var line = new StringBuilder();
        await foreach (var record in records.WithCancellation(cancel))
        {
            line.Clear();
            Append(line, record);
            response.BodyWriter.Write(Encoding.UTF8.GetBytes(line.ToString()));
            if (response.BodyWriter.UnflushedBytes > FlushAtBytes)
            {
                await FlushAsync(response.BodyWriter, cancel);
            }
        }
        await FlushAsync(response.BodyWriter, cancel);
    }

    private static async ValueTask FlushAsync(PipeWriter writer, CancellationToken cancel)
    {
        var flushed = await writer.FlushAsync(cancel);
        if (flushed.IsCompleted)
        {
            throw new OperationCanceledException("The caller has gone.", cancel);
        }
    }

    private static void Append(StringBuilder line, StateRecord record)
    {
        line.Append(record.Key.Id).Append(',').Append(record.Key.DeviceId).Append(',').Append(record.LocationId)
            .Append(',').Append(Instant.Format(Instant.FromUnixMicroseconds(record.Key.UnixMicroseconds))).Append(',');
        Append(line, record.StateOfChargePercent);
        Append(line, record.TargetStateOfChargePercent);
        Append(line, record.BatteryPowerKw);
        Append(line, record.EnergyRemainingKwh);
        Append(line, record.BackupReservePercent);
        AppendText(line, record.RecordReferenceId);
        line.Append(',').Append(Instant.Format(DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedUnixMilliseconds)))
            .Append("\r\n");
    }

    private static void Append(StringBuilder line, double? number)
    {
        if (number is { } value)
        {
            line.Append(CultureInfo.InvariantCulture, $"{value}");
        }
        line.Append(',');
    }

    private static void AppendText(StringBuilder line, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }
        var guarded = FormulaStarts.Contains(text[0]) ? "'" + text : text;
        if (guarded.AsSpan().ContainsAny(Quoted))
        {
            line.Append('"').Append(guarded.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            line.Append(guarded);
        }
    }
}
