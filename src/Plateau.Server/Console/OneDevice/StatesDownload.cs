using System.Net.Http.Headers;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>The records of a device as a file: the API's own answer, asked for with the visitor's token.</summary>
internal static class StatesDownload
{
    /// <summary>Path of the file, below the console's.</summary>
    public const string Path = "/devices/{id}/states.csv";

    /// <summary>Address of the records of a time, relative to the console.</summary>
    public static string AddressOf(DeviceId device, DateTimeOffset start, DateTimeOffset end) =>
        $"devices/{device}/states.csv?start_time={Instant.Format(start)}&end_time={Instant.Format(end)}";

    /// <summary>Answers the file, written as it is read.</summary>
    public static async Task AnswerAsync(
        HttpContext context, string id, InProcessServer server, CancellationToken cancel)
    {
        var visitor = ConsoleAccess.Read(context.User)
            ?? throw new InvalidOperationException("Nobody has signed in.");
        using var http = new HttpClient(new InProcessHandler(server, visitor: null))
        {
            BaseAddress = ConsoleClient.Address,
            Timeout = Timeout.InfiniteTimeSpan, // the server ends what takes too long
        };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"devices/{Uri.EscapeDataString(id)}/states{context.Request.QueryString}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", visitor.Token);
        request.Headers.Accept.ParseAdd("text/csv");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.IsSuccessStatusCode)
        {
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{id}.csv\"";
        }
        await answer.Content.CopyToAsync(context.Response.Body, cancel);
    }
}
