using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records as they go on the wire.</summary>
internal static class DeviceStates
{
    /// <summary>A record on the wire.</summary>
    public static DeviceState ToWire(StateRecord record, AccountId account) => new()
    {
        Id = record.Key.Id,
        AccountId = account,
        DeviceId = record.Key.DeviceId,
        LocationId = record.LocationId,
        Time = Instant.FromUnixMicroseconds(record.Key.UnixMicroseconds),
        StateOfChargePercent = record.StateOfChargePercent,
        TargetStateOfChargePercent = record.TargetStateOfChargePercent,
        BatteryPowerKw = record.BatteryPowerKw,
        EnergyRemainingKwh = record.EnergyRemainingKwh,
        BackupReservePercent = record.BackupReservePercent,
        RecordReferenceId = record.RecordReferenceId,
        TimeCreated = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedUnixMilliseconds),
    };
}
