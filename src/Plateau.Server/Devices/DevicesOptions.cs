using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Devices;

/// <summary>Registered devices.</summary>
internal sealed class DevicesOptions
{
    /// <summary>
    /// Seconds after its last record for which a device counts as fresh, in the summary of the fleet and in the list.
    /// Default 900.
    /// </summary>
    [Range(60, 604_800)]
    public int FreshForSeconds { get; set; } = 900;
}
