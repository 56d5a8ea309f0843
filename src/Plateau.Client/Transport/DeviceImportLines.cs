using System.Runtime.CompilerServices;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Client.Transport;

/// <summary>The lines of an import of devices, both ways.</summary>
internal static class DeviceImportLines
{
    public const string MediaType = "application/x-ndjson";

    /// <summary>Writes devices, one a line.</summary>
    public static byte[] Write(IReadOnlyList<DeviceDraft> drafts)
    {
        using var lines = new MemoryStream();
        foreach (var draft in drafts)
        {
            JsonSerializer.Serialize(lines, draft, ContractsJsonContext.Default.DeviceDraft);
            lines.WriteByte((byte)'\n');
        }
        return lines.ToArray();
    }

    /// <summary>Reads the answers as they come.</summary>
    /// <exception cref="PlateauException">They ended before the summary, or it says that the import did.</exception>
    public static async IAsyncEnumerable<DeviceImportLine> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await ReadLineAsync(reader, cancel) is { } text)
        {
            var (line, summary) = Parse(text);
            if (line is not null)
            {
                yield return line;
            }
            else if (summary?.Error is { } error)
            {
                throw new PlateauException(error.Message, null, error, error.RequestId);
            }
            else
            {
                yield break;
            }
        }
        throw BrokenOff(null);
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            throw BrokenOff(fault);
        }
    }

    // Only the summary, which is the last, says what it is.
    private static (DeviceImportLine? Line, DeviceImportSummary? Summary) Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.TryGetProperty("object", out _)
                ? (null, json.RootElement.Deserialize(ContractsJsonContext.Default.DeviceImportSummary))
                : (json.RootElement.Deserialize(ContractsJsonContext.Default.DeviceImportLine), null);
        }
        // What is JSON but no object has no members to ask for.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw BrokenOff(fault);
        }
    }

    private static PlateauException BrokenOff(Exception? fault) => new(
        "The answer to an import of devices broke off.", null, null, null, fault);
}
