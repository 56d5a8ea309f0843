using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Plateau.Bench;

/// <summary>How a record refers to what its sender calls it.</summary>
internal enum ReferenceKind
{
    /// <summary>A prefix and a counter.</summary>
    Counter,

    /// <summary>A random GUID.</summary>
    Guid,
}

/// <summary>Writes records into one buffer, as each of those who are compared wants them.</summary>
/// <param name="fleet">Whose records.</param>
/// <param name="references">How they are called.</param>
internal sealed class RecordText(Fleet fleet, ReferenceKind references = ReferenceKind.Counter)
{
    private readonly byte[][] _devices =
        [.. fleet.Devices.Select(device => Encoding.ASCII.GetBytes(device.ToString()))];
    private readonly byte[] _location = Encoding.ASCII.GetBytes(fleet.Location.ToString());
    private readonly Random _chance = new(7);
    private byte[] _bytes = new byte[64 * 1024];
    private int _length;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Begins anew.</summary>
    public void Clear() => _length = 0;

    /// <summary>Writes some text.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Writes a number.</summary>
    public void Add(long number)
    {
        Reserve(32);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_length), out var written);
        _length += written;
    }

    /// <summary>Writes a device's id.</summary>
    public void AddDevice(int device) => Add(_devices[device]);

    /// <summary>Writes a state as the bodies of the API have it.</summary>
    /// <param name="device">The device's number.</param>
    /// <param name="time">The state's time; whole seconds.</param>
    /// <param name="number">The counter of its reference.</param>
    /// <param name="namesDevice">Whether the object says whose state it is.</param>
    public void AddState(int device, DateTimeOffset time, long number, bool namesDevice)
    {
        var reading = Readings.At(device, time.ToUnixTimeSeconds() / 60);
        Add("{"u8);
        if (namesDevice)
        {
            Add("\"device_id\":\""u8);
            AddDevice(device);
            Add("\","u8);
        }
        Add("\"location_id\":\""u8);
        Add(_location);
        Add("\",\"time\":\""u8);
        AddTime(time);
        Add("\",\"state_of_charge_percent\":"u8);
        AddDecimal(reading.ChargeTenths, 1);
        Add(",\"target_state_of_charge_percent\":80,\"battery_power_kw\":"u8);
        AddDecimal(reading.PowerHundredths, 2);
        Add(",\"energy_remaining_kwh\":"u8);
        AddDecimal(reading.EnergyTenths, 1);
        Add(",\"backup_reserve_percent\":20,\"record_reference_id\":\""u8);
        AddReference(number);
        Add("\"}"u8);
    }

    /// <summary>Writes a state in the line protocol, which has no references.</summary>
    /// <param name="device">The device's number.</param>
    /// <param name="time">The state's time; whole seconds.</param>
    public void AddLine(int device, DateTimeOffset time)
    {
        var seconds = time.ToUnixTimeSeconds();
        var reading = Readings.At(device, seconds / 60);
        Add("state,device="u8);
        AddDevice(device);
        Add(" state_of_charge_percent="u8);
        AddDecimal(reading.ChargeTenths, 1);
        Add(",target_state_of_charge_percent=80,battery_power_kw="u8);
        AddDecimal(reading.PowerHundredths, 2);
        Add(",energy_remaining_kwh="u8);
        AddDecimal(reading.EnergyTenths, 1);
        Add(",backup_reserve_percent=20 "u8);
        Add(seconds * 1_000_000_000);
        Add("\n"u8);
    }

    private void AddTime(DateTimeOffset time)
    {
        Reserve(32);
        time.TryFormat(
            _bytes.AsSpan(_length), out var written, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _length += written;
    }

    private void AddReference(long number)
    {
        Reserve(36);
        if (references == ReferenceKind.Guid)
        {
            Span<byte> random = stackalloc byte[16];
            _chance.NextBytes(random);
            new Guid(random).TryFormat(_bytes.AsSpan(_length), out _);
            _length += 36;
            return;
        }
        Add("MET"u8);
        Reserve(10);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_length), out var written, new('D', 10));
        _length += written;
    }

    private void AddDecimal(int value, int decimals)
    {
        if (value < 0)
        {
            Add("-"u8);
            value = -value;
        }
        var scale = decimals == 1 ? 10 : 100;
        Add(value / scale);
        Add("."u8);
        if (decimals == 2 && value % scale < 10)
        {
            Add("0"u8);
        }
        Add(value % scale);
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, (_length + more) * 2);
        }
    }
}
