using System.Net;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Sends requests to the server of this process, through the same pipeline as everybody's and without a socket. Answers
/// are handed over as they are written; giving up a request, or an answer half-way, aborts it.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="visitor">Whom the requests are made for: failed sign-ins count for this address. Null: nobody.</param>
internal sealed class InProcessHandler(InProcessServer server, IPAddress? visitor) : HttpMessageHandler
{
    /// <summary>The name that requests from inside carry as their host.</summary>
    public static readonly Uri Address = new("http://localhost/");

    /// <summary>A client of the server of this process; the server ends what takes too long.</summary>
    public static HttpClient NewClient(InProcessServer server, IPAddress? visitor) =>
        new(new InProcessHandler(server, visitor)) { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var exchange = new InProcessExchange(request, visitor);
        // What the caller has in its flow (its own request, its culture) is none of the answering side's business.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => exchange.RunAsync(server), CancellationToken.None);
        }
        await using (cancellationToken.UnsafeRegister(
            static one => ((InProcessExchange)one!).Abort(), exchange)) // it was just given
        {
            try
            {
                return await exchange.Answer;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
    }
}
