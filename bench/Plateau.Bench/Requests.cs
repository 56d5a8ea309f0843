using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Plateau.Bench;

/// <summary>The requests of a load, ready to be sent.</summary>
internal interface IRequests
{
    /// <summary>The next request; its bytes are good until the one after.</summary>
    ReadOnlySpan<byte> Next();
}

/// <summary>GETs of these paths in turn, for ever.</summary>
internal sealed class PathRequests(IReadOnlyList<string> paths, string token) : IRequests
{
    private readonly byte[][] _requests = [.. paths.Select(path => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"))];
    private int _turn;

    public ReadOnlySpan<byte> Next()
    {
        var request = _requests[_turn];
        _turn = (_turn + 1) % _requests.Length;
        return request;
    }
}

/// <summary>
/// States that were never submitted before: each has another reference, and every device's clock moves on by a second
/// from one of its states to the next. One text is written over, since building one costs more than sending it.
/// </summary>
internal sealed class StateRequests : IRequests
{
    private const string Time = "2022-02-01T10:30:00";
    private const string Charge = "34.2";
    private const string Reference = "MET0123456789";

    private readonly byte[][] _devices;
    private readonly byte[] _bytes;
    private readonly int _deviceAt;
    private readonly int _timeAt;
    private readonly int _chargeAt;
    private readonly int _referenceAt;
    private DateTimeOffset _time;

    /// <param name="fleet">The devices; each submits in its turn.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="from">The time of every device's first state.</param>
    public StateRequests(Fleet fleet, string token, DateTimeOffset from)
    {
        _devices = [.. fleet.Devices.Select(device => Encoding.ASCII.GetBytes(device.ToString()))];
        // Devices do not submit in the order of their ids; a seed makes every run the same.
        new Random(1).Shuffle(_devices);
        _time = from;
        var body = $$"""
            {"location_id":"{{fleet.Location}}","time":"{{Time}}Z","state_of_charge_percent":{{Charge}},
            "target_state_of_charge_percent":80,"battery_power_kw":-3.4,"energy_remaining_kwh":8.3,
            "backup_reserve_percent":20,"record_reference_id":"{{Reference}}"}
            """;
        var text = $"PUT /devices/{fleet.Devices[0]}/state HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + $"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";
        _bytes = Encoding.ASCII.GetBytes(text);
        _deviceAt = text.IndexOf("dev_", StringComparison.Ordinal);
        _timeAt = text.IndexOf(Time, StringComparison.Ordinal);
        _chargeAt = text.IndexOf(Charge, StringComparison.Ordinal);
        _referenceAt = text.IndexOf(Reference, StringComparison.Ordinal) + "MET".Length;
    }

    /// <summary>Requests taken so far.</summary>
    public long Count { get; private set; }

    public ReadOnlySpan<byte> Next()
    {
        var turn = (int)(Count % _devices.Length);
        if (turn == 0)
        {
            _time = _time.AddSeconds(1);
            _time.TryFormat(_bytes.AsSpan(_timeAt), out _, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        }
        _devices[turn].CopyTo(_bytes, _deviceAt);
        Utf8Formatter.TryFormat(Count, _bytes.AsSpan(_referenceAt), out _, new('D', 10));
        var tenths = 100 + (Count % 900);
        _bytes[_chargeAt] = (byte)('0' + (tenths / 100));
        _bytes[_chargeAt + 1] = (byte)('0' + (tenths / 10 % 10));
        _bytes[_chargeAt + 3] = (byte)('0' + (tenths % 10));
        Count++;
        return _bytes;
    }
}
