using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>All that is kept of a customer as a file.</summary>
internal static class CustomerDownload
{
    /// <summary>Path of the file, below the console's.</summary>
    public const string Path = "/customers/{id}/export.ndjson";

    /// <summary>Address of a customer's file, relative to the console.</summary>
    public static string AddressOf(CustomerId customer) => $"customers/{customer}/export.ndjson";

    /// <summary>Answers the file, written as it is read.</summary>
    public static Task AnswerAsync(HttpContext context, string id, InProcessServer server, CancellationToken cancel) =>
        ApiDownload.AnswerAsync(
            context, server, $"customers/{Uri.EscapeDataString(id)}/export", "application/x-ndjson", $"{id}.ndjson",
            cancel);
}
