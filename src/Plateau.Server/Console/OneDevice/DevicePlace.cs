using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>A place of a device.</summary>
/// <param name="Id">Id of the location.</param>
/// <param name="Location">The location; null where it was erased meanwhile.</param>
public sealed record DevicePlace(LocationId Id, Location? Location);
