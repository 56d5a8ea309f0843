using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>The records of a device as a file.</summary>
internal static class StatesDownload
{
    /// <summary>Path of the file, below the console's.</summary>
    public const string Path = "/devices/{id}/states.csv";

    /// <summary>Address of the records of a time, relative to the console.</summary>
    public static string AddressOf(DeviceId device, DateTimeOffset start, DateTimeOffset end) =>
        $"devices/{device}/states.csv?start_time={Instant.Format(start)}&end_time={Instant.Format(end)}";

    /// <summary>Answers the file.</summary>
    public static Task AnswerAsync(HttpContext context, string id, InProcessServer server, CancellationToken cancel) =>
        ApiDownload.AnswerAsync(
            context, server, $"devices/{Uri.EscapeDataString(id)}/states{context.Request.QueryString}", "text/csv",
            $"{id}.csv", cancel);
}
