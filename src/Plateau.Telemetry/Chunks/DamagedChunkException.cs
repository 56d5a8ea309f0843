namespace Plateau.Telemetry;

/// <summary>
/// The bytes of a chunk are not what was written, or were written in a form this version does not know.
/// </summary>
public sealed class DamagedChunkException(string message) : Exception(message);
