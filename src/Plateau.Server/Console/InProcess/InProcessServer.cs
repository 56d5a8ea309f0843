using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Plateau.Server.WebConsole;

/// <summary>
/// The listener, with a second door: what the host gives it to answer requests with also answers those that come from
/// this very process, without a socket.
/// </summary>
internal sealed class InProcessServer(IServer listener) : IServer
{
    private Func<IFeatureCollection, Task>? _answer;

    public IFeatureCollection Features => listener.Features;

    /// <summary>Answers one request, through everything that stands before the endpoints.</summary>
    /// <exception cref="InvalidOperationException">The server has not started.</exception>
    public Task AnswerAsync(IFeatureCollection request) => _answer is { } answer
        ? answer(request)
        : throw new InvalidOperationException("The server has not started.");

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _answer = request => AnswerAsync(application, request);
        return listener.StartAsync(application, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => listener.StopAsync(cancellationToken);

    public void Dispose() => listener.Dispose();

    [SuppressMessage("Design", "CA1031", Justification = "The application is told of the fault, whatever it is.")]
    private static async Task AnswerAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection request)
        where TContext : notnull
    {
        var context = application.CreateContext(request);
        Exception? fault = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception exception)
        {
            fault = exception;
            throw;
        }
        finally
        {
            application.DisposeContext(context, fault);
        }
    }
}
