using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Spares writes of <c>last_seen</c>: a device's moment is written again only when the one this process last wrote is
/// half a minute old, which keeps what is shown true to within a minute whatever happens to the process.
/// </summary>
/// <remarks>Used by the one writer only.</remarks>
internal sealed class LastSeenTracker
{
    private const long PrecisionMilliseconds = 30_000;
    private const int MaxRemembered = 500_000;

    private readonly Dictionary<DeviceId, long> _written = [];

    /// <summary>Whether the moment of an accepted record is to be written now.</summary>
    public bool IsDue(StateRecord record) =>
        !_written.TryGetValue(record.Key.DeviceId, out var last)
        || Math.Abs(record.CreatedUnixMilliseconds - last) >= PrecisionMilliseconds;

    /// <summary>Notes a moment that is in the store.</summary>
    public void Written(DeviceId device, long unixMilliseconds)
    {
        if (_written.Count >= MaxRemembered)
        {
            _written.Clear();
        }
        _written[device] = unixMilliseconds;
    }
}
