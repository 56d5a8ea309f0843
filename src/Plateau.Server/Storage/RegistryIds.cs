using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Storage;

/// <summary>
/// Makes the ids of registry objects: 4 bytes Unix seconds, 5 random for each process, 3 of a counter. Each is greater
/// than the one before, also when the clock steps back.
/// </summary>
internal sealed class RegistryIds(TimeProvider clock)
{
    private const uint CounterSize = 1 << 24;

    private readonly Lock _lock = new();
    private readonly ulong _process = Secrets.RandomNumber() & 0xff_ffff_ffff;
    private uint _second;
    private uint _counter;

    /// <summary>A new id, greater than every one this process made before.</summary>
    public TId Next<TId>() where TId : struct, IObjectId<TId>
    {
        var now = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (now > _second)
            {
                _second = now;
                _counter = 0;
            }
            else if (++_counter == CounterSize)
            {
                _second++;
                _counter = 0;
            }
            return TId.Of(ObjectId.From(_second, (_process << 24) | _counter));
        }
    }
}
