using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>Requests that a server makes of itself, without a socket.</summary>
public sealed class InProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_head_arrives_as_it_was_sent_and_so_does_the_answers()
    {
        await using var inside = await Inside.StartAsync(app => app.Map("/heads/{name}", (HttpContext context) =>
        {
            var (request, response) = (context.Request, context.Response);
            response.StatusCode = 207;
            response.Headers["X-Twice"] = new(["one", "two"]);
            response.Headers.ETag = "\"7\"";
            response.ContentType = "text/plain; charset=utf-8";
            response.OnStarting(() =>
            {
                response.Headers["X-Late"] = "late";
                return Task.CompletedTask;
            });
            return response.WriteAsync(string.Join('|', request.Method, request.Path.Value, request.QueryString,
                request.Headers["X-Sent"], request.ContentType, request.ContentLength,
                context.Connection.RemoteIpAddress));
        }));
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://localhost/heads/a%20b?c=d%26e")
        {
            Content = new StringContent("12345", Encoding.UTF8, "text/csv"),
            Headers = { { "X-Sent", ["1", "2"] } },
        };

        using var answer = await inside.Http.SendAsync(request, Cancel);

        Assert.Equal(
            "PUT|/heads/a b|?c=d%26e|1,2|text/csv; charset=utf-8|5|203.0.113.7",
            await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(207, (int)answer.StatusCode);
        Assert.Equal(["one", "two"], answer.Headers.GetValues("X-Twice"));
        Assert.Equal("late", Assert.Single(answer.Headers.GetValues("X-Late")));
        Assert.Equal("\"7\"", answer.Headers.ETag?.Tag);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_body_of_many_megabytes_goes_there_and_back_unchanged()
    {
        await using var inside = await Inside.StartAsync(app => app.MapPost(
            "/echo", (HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body)));
        var sent = new byte[12 * 1024 * 1024 + 3];
        new Random(7).NextBytes(sent);

        using var answer = await inside.Http.PostAsync("http://localhost/echo", new ByteArrayContent(sent), Cancel);

        var received = await answer.Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Fact]
    public async Task What_is_written_can_be_read_before_the_answer_ends()
    {
        var goOn = new TaskCompletionSource();
        await using var inside = await Inside.StartAsync(app => app.MapGet("/slow", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("first\n", Cancel);
            await goOn.Task.WaitAsync(Patience, Cancel);
            await context.Response.WriteAsync("second\n", Cancel);
        }));

        using var answer = await inside.Http.GetAsync(
            "http://localhost/slow", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));

        Assert.Equal("first", await lines.ReadLineAsync(Cancel));
        goOn.SetResult();
        Assert.Equal("second", await lines.ReadLineAsync(Cancel));
        Assert.Null(await lines.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task What_is_sent_can_be_answered_before_the_request_ends()
    {
        await using var inside = await Inside.StartAsync(app => app.MapPost(
            "/echo", (HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body)));
        var answered = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost/echo")
        {
            Content = new TwoParts(answered.Task),
        };

        using var answer = await inside.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));

        Assert.Equal("one", await lines.ReadLineAsync(Cancel));
        answered.SetResult();
        Assert.Equal("two", await lines.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task Giving_an_answer_up_half_way_aborts_the_request()
    {
        var aborted = new TaskCompletionSource();
        await using var inside = await Inside.StartAsync(app => app.MapGet("/endless", async (HttpContext context) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("and so on ", CancellationToken.None);
            }
        }));

        var answer = await inside.Http.GetAsync(
            "http://localhost/endless", HttpCompletionOption.ResponseHeadersRead, Cancel);
        await (await answer.Content.ReadAsStreamAsync(Cancel)).ReadExactlyAsync(new byte[100], Cancel);
        answer.Dispose();

        await aborted.Task.WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task Giving_up_before_there_is_an_answer_aborts_the_request()
    {
        var (reached, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var inside = await Inside.StartAsync(app => app.MapGet("/never", async (HttpContext context) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            reached.SetResult();
            await aborted.Task;
        }));
        using var giveUp = new CancellationTokenSource();

        var asked = inside.Http.GetAsync("http://localhost/never", giveUp.Token);
        await reached.Task.WaitAsync(Patience, Cancel);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await aborted.Task.WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task A_failure_inside_is_a_failure_of_the_request_or_of_the_reading()
    {
        await using var inside = await Inside.StartAsync(app =>
        {
            app.MapGet("/fails", void () => throw new InvalidOperationException("Deep inside."));
            app.MapGet("/fails-late", async (HttpContext context) =>
            {
                await context.Response.WriteAsync("so far so good", Cancel);
                throw new InvalidOperationException("Deep inside.");
            });
        });

        var fault = await Assert.ThrowsAsync<HttpRequestException>(
            () => inside.Http.GetAsync("http://localhost/fails", Cancel));
        Assert.Equal("Deep inside.", fault.InnerException?.Message);

        using var answer = await inside.Http.GetAsync(
            "http://localhost/fails-late", HttpCompletionOption.ResponseHeadersRead, Cancel);
        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Whoever_asks_keeps_its_own_request()
    {
        await using var inside = await Inside.StartAsync(app =>
        {
            app.MapGet("/inner", (IHttpContextAccessor own) => own.HttpContext!.Request.Path.Value);
            app.MapGet("/outer", async (IHttpContextAccessor own, InProcessServer server) =>
            {
                using var http = new HttpClient(new InProcessHandler(server, visitor: null));
                var inner = await http.GetStringAsync("http://localhost/inner", Cancel);
                return $"{inner} {own.HttpContext?.Request.Path}";
            });
        });

        Assert.Equal("/inner /outer", await inside.Http.GetStringAsync("http://localhost/outer", Cancel));
    }

    /// <summary>A body whose second line waits for the answer to its first.</summary>
    private sealed class TwoParts(Task between) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("one\n"u8.ToArray(), Cancel);
            await stream.FlushAsync(Cancel);
            await between.WaitAsync(Patience, Cancel);
            await stream.WriteAsync("two\n"u8.ToArray(), Cancel);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            return false;
        }
    }

    /// <summary>A small server, and a client inside of it.</summary>
    private sealed class Inside(WebApplication app, HttpClient http) : IAsyncDisposable
    {
        public HttpClient Http => http;

        public static async Task<Inside> StartAsync(Action<WebApplication> map)
        {
            var builder = WebApplication.CreateBuilder();
            builder.Configuration["urls"] = "http://127.0.0.1:0";
            builder.Logging.ClearProviders();
            builder.Services.AddHttpContextAccessor();
            builder.Services.AddInProcessServer();
            var app = builder.Build();
            map(app);
            await app.StartAsync(Cancel);
            var server = app.Services.GetRequiredService<InProcessServer>();
            return new(app, new HttpClient(new InProcessHandler(server, IPAddress.Parse("203.0.113.7"))));
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await app.DisposeAsync();
        }
    }
}
