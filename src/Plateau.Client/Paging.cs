using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>Which page of a list is wanted. At most one of the two cursors may be set.</summary>
/// <typeparam name="TId">Id of what is listed.</typeparam>
public sealed record PageRequest<TId> where TId : struct, IObjectId<TId>
{
    /// <summary>How many objects, 1–100. Null: the server's default, 30.</summary>
    public int? Limit { get; init; }

    /// <summary>The objects after this one, in list order. Null: from the newest.</summary>
    public TId? StartingAfter { get; init; }

    /// <summary>The objects just before this one, still newest first. Null: not asked.</summary>
    public TId? EndingBefore { get; init; }
}

/// <summary>Which devices to list. What is null does not filter.</summary>
public sealed record DeviceFilter
{
    /// <summary>Devices with exactly this reference.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>Devices placed at this location.</summary>
    public LocationId? LocationId { get; init; }

    /// <summary>
    /// Devices with a part of this kind. Those whose properties may not be shown match none. Of
    /// <see cref="DevicesClient"/>'s lists only.
    /// </summary>
    public DeviceKind? Kind { get; init; }

    /// <summary>
    /// Devices that were heard of lately, not lately, or never. Of <see cref="DevicesClient"/>'s lists only.
    /// </summary>
    public DeviceActivity? Activity { get; init; }

    /// <summary>
    /// Devices whose reference begins with these 1–255 characters, byte by byte. Of <see cref="DevicesClient"/>'s
    /// lists only.
    /// </summary>
    public string? ReferencePrefix { get; init; }
}

/// <summary>Which locations to list. What is null does not filter.</summary>
public sealed record LocationFilter
{
    /// <summary>Locations with exactly this reference.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>Locations of this customer.</summary>
    public CustomerId? CustomerId { get; init; }
}

/// <summary>Which customers to list. What is null does not filter.</summary>
public sealed record CustomerFilter
{
    /// <summary>Customers with exactly this reference.</summary>
    public string? ReferenceId { get; init; }
}
