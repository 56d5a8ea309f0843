using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Client.Transport;

/// <summary>Reads a stream of states, and opens it again where it broke.</summary>
internal sealed class StateFollower(ApiConnection connection, TimeProvider clock)
{
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(1);

    // The server gives a sign of life every 15 seconds.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);

    /// <summary>Follows a stream until <paramref name="cancel"/>.</summary>
    /// <exception cref="PlateauException">It could not be opened, or not again.</exception>
    public async IAsyncEnumerable<DeviceStateEvent> FollowAsync(
        string path, string? lastEventId, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            using (var response = await connection.OpenAsync(
                ApiRequest.Get(path) with { LastEventId = lastEventId }, cancel))
            {
                await foreach (var one in ReadAsync(response, cancel))
                {
                    lastEventId = one.Id ?? lastEventId;
                    yield return one;
                }
            }
            await Task.Delay(ReopenAfter, clock, cancel);
        }
    }

    // Ends where the connection does.
    private async IAsyncEnumerable<DeviceStateEvent> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = new WatchedStream(
            await response.Content.ReadAsStreamAsync(cancel), LongestSilence, clock);
        await using var events = SseParser.Create(stream, Parse).EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
        while (await MovesNextAsync(events, cancel))
        {
            if (events.Current.Data is { } one)
            {
                yield return one.State is null ? one : one with { Id = events.Current.EventId };
            }
        }
    }

    private static async Task<bool> MovesNextAsync(
        IAsyncEnumerator<SseItem<DeviceStateEvent?>> events, CancellationToken cancel)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception fault) when (Retries.IsPassing(fault, cancel))
        {
            return false;
        }
    }

    // Events of a kind that is not known yet are passed over.
    private static DeviceStateEvent? Parse(string kind, ReadOnlySpan<byte> data) => kind switch
    {
        "device_state" => new(null, JsonSerializer.Deserialize(data, ContractsJsonContext.Default.DeviceState), null),
        "gap" => new(null, null, JsonSerializer.Deserialize(data, ContractsJsonContext.Default.StreamGap)?.Time),
        _ => null,
    };
}

/// <summary>
/// A stream that counts as broken when nothing comes for too long: a connection may die without a word.
/// </summary>
internal sealed class WatchedStream(Stream inner, TimeSpan longestSilence, TimeProvider clock) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
    {
        using var silence = new CancellationTokenSource(longestSilence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        try
        {
            return await inner.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {longestSilence.TotalSeconds} s.");
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
