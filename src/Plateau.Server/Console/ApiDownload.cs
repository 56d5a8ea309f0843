using System.Net.Http.Headers;

namespace Plateau.Server.WebConsole;

/// <summary>An answer of the API as a file, asked for with the visitor's token.</summary>
internal static class ApiDownload
{
    /// <summary>Answers the file, written as it is read; what the API refuses is answered as it is.</summary>
    /// <param name="context">The visitor's request.</param>
    /// <param name="server">The API.</param>
    /// <param name="path">What is asked of it, path and query.</param>
    /// <param name="mediaType">In what form.</param>
    /// <param name="fileName">What the file is called.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task AnswerAsync(
        HttpContext context, InProcessServer server, string path, string mediaType, string fileName,
        CancellationToken cancel)
    {
        var visitor = ConsoleAccess.Require(context.User);
        using var http = InProcessHandler.NewClient(server, visitor: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", visitor.Token);
        request.Headers.Accept.ParseAdd(mediaType);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.IsSuccessStatusCode)
        {
            var disposition = new ContentDispositionHeaderValue("attachment") { FileName = fileName };
            context.Response.Headers.ContentDisposition = disposition.ToString();
        }
        await answer.Content.CopyToAsync(context.Response.Body, cancel);
    }
}
