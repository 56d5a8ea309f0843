using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary>What commands print: with <c>--json</c> one object on one line, else text for people.</summary>
internal static class Report
{
    /// <summary>Whether to print JSON.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    /// <summary>The report as one line of JSON.</summary>
    public static string ToJson<T>(T report) =>
        JsonSerializer.Serialize(
            report, (JsonTypeInfo<T>)ReportJsonContext.Default.GetTypeInfo(typeof(T))!); // listed below

    /// <summary>Prints a report in the form that was asked for.</summary>
    /// <param name="result">The arguments.</param>
    /// <param name="report">What to print as JSON.</param>
    /// <param name="text">The same for people.</param>
    public static void Write<T>(ParseResult result, T report, string text) =>
        result.InvocationConfiguration.Output.WriteLine(result.GetValue(Json) ? ToJson(report) : text);
}

/// <summary>How reports are written: as the API writes, and with every member.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters =
    [
        typeof(InstantConverter), typeof(KeyScopeConverter), typeof(SnakeCaseNames<EngineKind>),
        typeof(SnakeCaseNames<DoctorVerdict>),
    ])]
[JsonSerializable(typeof(AccountReport))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(BackupReport))]
[JsonSerializable(typeof(CallerFile))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(KeyReport))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(MigrateReport))]
[JsonSerializable(typeof(ServeReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;

/// <summary>Writes an enumeration's names in snake case.</summary>
internal sealed class SnakeCaseNames<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower)
    where TEnum : struct, Enum;
