using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>What a record is checked by, of a device whose row is held.</summary>
/// <param name="AccountId">Whose it is.</param>
/// <param name="LiveMode">In which mode.</param>
/// <param name="ConsentTelemetry">Whether its owner has agreed to telemetry.</param>
/// <param name="Locations">Its places, as <see cref="DeviceLocations"/> packs them.</param>
internal sealed record HeldDevice(AccountId AccountId, bool LiveMode, bool ConsentTelemetry, byte[] Locations)
{
    /// <summary>Whether another look at the device saw the same.</summary>
    public bool IsSameAs(HeldDevice other) =>
        AccountId == other.AccountId && LiveMode == other.LiveMode && ConsentTelemetry == other.ConsentTelemetry
        && Locations.AsSpan().SequenceEqual(other.Locations);
}
