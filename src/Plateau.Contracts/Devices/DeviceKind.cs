using System.Text.Json;

namespace Plateau.Contracts;

/// <summary>A part that a device can have; one device may have several.</summary>
public enum DeviceKind
{
    /// <summary>A battery.</summary>
    Battery,

    /// <summary>Solar panels.</summary>
    Pv,

    /// <summary>An inverter.</summary>
    Inverter,

    /// <summary>A charger of electric vehicles.</summary>
    EvCharger,

    /// <summary>A heat pump.</summary>
    HeatPump,
}

/// <summary>Whether a device was heard of lately.</summary>
public enum DeviceActivity
{
    /// <summary>Its last accepted record arrived within the time that the server calls fresh.</summary>
    Fresh,

    /// <summary>It was seen, but not lately.</summary>
    Silent,

    /// <summary>No record of it was ever accepted.</summary>
    NeverSeen,
}

/// <summary>The words for values of enumerations in queries, such as <c>ev_charger</c>.</summary>
public static class WireName
{
    /// <summary>The word for a value.</summary>
    public static string Of<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The value of a word; null when there is none.</summary>
    public static T? Find<T>(string word) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == word)
            {
                return value;
            }
        }
        return null;
    }
}
