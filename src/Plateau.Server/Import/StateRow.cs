namespace Plateau.Server.Import;

/// <summary>What a line says, member by member, before its time is placed and its device is found.</summary>
internal sealed class StateRow
{
    private readonly double?[] _values = new double?[StateMembers.Quantities.Length];

    /// <summary>The file's name for the device; null when it gives none.</summary>
    public string? DeviceReference { get; set; }

    /// <summary>The device's id as written; null when the file gives none.</summary>
    public string? DeviceId { get; set; }

    /// <summary>The device by id, else by reference, as written; null when the file names none.</summary>
    public string? Device => DeviceId ?? DeviceReference;

    /// <summary>The location's id as written; null when the file gives none.</summary>
    public string? LocationId { get; set; }

    /// <summary>The source's name for the record; null when it gives none.</summary>
    public string? RecordReference { get; set; }

    /// <summary>The time as written; null when the file gives none.</summary>
    public string? Time { get; set; }

    /// <summary>The numbers as the file has them, before any factor: what makes one line unlike another.</summary>
    public string Said { get; set; } = "";

    /// <summary>The first thing that is wrong with the line; null when nothing is.</summary>
    public ImportFault? Fault { get; private set; }

    /// <summary>Notes what is wrong, unless something is already.</summary>
    public void Refuse(ImportFault fault) => Fault ??= fault;

    /// <summary>A quantity in its unit; null when the file does not say it.</summary>
    public double? this[StateQuantity quantity]
    {
        get => _values[quantity.Place];
        set => _values[quantity.Place] = value;
    }

    /// <summary>Gives a text to the member of that name.</summary>
    public void SetText(string member, string? text)
    {
        switch (member)
        {
            case StateMembers.DeviceReference:
                DeviceReference = text;
                break;
            case StateMembers.DeviceId:
                DeviceId = text;
                break;
            case StateMembers.LocationId:
                LocationId = text;
                break;
            case StateMembers.RecordReference:
                RecordReference = text;
                break;
            case StateMembers.Time:
                Time = text;
                break;
        }
    }
}
